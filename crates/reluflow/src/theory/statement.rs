//! Lists the paper's statements once: audit, tables, documentation and Python read this list.

use serde::{Serialize, Serializer};

/// A statement of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statement {
    /// a_j² − ‖w_j‖² is conserved.
    Lemma1,
    /// |a_j(0)| ≥ ‖w_j(0)‖.
    Assumption1,
    /// L = L(0) e^{−t⟨μ⟩}.
    Lemma2,
    /// Bounds on μ.
    Lemma6,
    /// The inputs interact weakly.
    Assumption2,
    /// Opposite inputs cost nothing.
    AppendixC2,
    /// L → 0 at an explicit rate.
    Theorem1,
    /// p of order log n gives event E.
    Lemma5,
    /// d of order n² makes inputs interact weakly.
    Lemma3,
    /// Theorem 1 with high probability.
    Corollary1,
    /// μ(0) of a wide network.
    Lemma4,
    /// Wrong pairs die early on orthogonal inputs.
    Lemma7,
    /// μ ≤ C√(p/n) on orthogonal inputs.
    Proposition1,
    /// μ_∞ of order 1/√n.
    Conjecture1,
    /// Groups in closed form.
    Proposition2,
    /// Groups are learnt in transitions.
    Theorem2,
    /// Collapse without Assumption 1.
    Proposition3,
}

/// What a statement speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One dataset and one network.
    Problem,
    /// The laws they are drawn from.
    Law,
}

impl Statement {
    /// Every statement, in the order of the argument (`docs/theory.md`).
    pub const ALL: [Self; 17] = [
        Self::Lemma1,
        Self::Assumption1,
        Self::Lemma2,
        Self::Lemma6,
        Self::Assumption2,
        Self::AppendixC2,
        Self::Theorem1,
        Self::Lemma5,
        Self::Lemma3,
        Self::Corollary1,
        Self::Lemma4,
        Self::Lemma7,
        Self::Proposition1,
        Self::Conjecture1,
        Self::Proposition2,
        Self::Theorem2,
        Self::Proposition3,
    ];

    /// The statement as the paper calls it.
    pub fn name(self) -> &'static str {
        self.card().0
    }

    /// What it says, in a few words.
    pub fn says(self) -> &'static str {
        self.card().1
    }

    /// The file of `theory/` with its formulas, without `.rs`; `audit/` has a file of the same name that judges it.
    pub fn file(self) -> &'static str {
        self.card().2
    }

    /// What it speaks of: statements about laws are audited over draws only.
    pub fn scope(self) -> Scope {
        match self {
            Self::Lemma5
            | Self::Lemma3
            | Self::Corollary1
            | Self::Lemma4
            | Self::Conjecture1
            | Self::Proposition3 => Scope::Law,
            _ => Scope::Problem,
        }
    }

    fn card(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Lemma1 => ("Lemma 1", "a_j² − ‖w_j‖² is conserved", "lemma_1"),
            Self::Assumption1 => (
                "Assumption 1",
                "|a_j(0)| ≥ ‖w_j(0)‖; then no a_j changes sign",
                "assumption_1",
            ),
            Self::Lemma2 => ("Lemma 2", "L(t) = L(0) exp(−t⟨μ⟩(t))", "lemma_2"),
            Self::Lemma6 => (
                "Lemma 6",
                "bounds on μ by the masses of active neurons",
                "lemma_6",
            ),
            Self::Assumption2 => ("Assumption 2", "the inputs interact weakly", "assumption_2"),
            Self::AppendixC2 => ("Appendix C.2", "opposite inputs cost nothing", "antipodal"),
            Self::Theorem1 => (
                "Theorem 1",
                "under Assumptions 1, 2 and event E, L → 0 at an explicit rate",
                "theorem_1",
            ),
            Self::Lemma5 => (
                "Lemma 5",
                "p of order log n gives event E with high probability",
                "lemma_5",
            ),
            Self::Lemma3 => (
                "Lemma 3",
                "d of order n² gives Assumption 2 with high probability",
                "lemma_3",
            ),
            Self::Corollary1 => (
                "Corollary 1",
                "the conclusion of Theorem 1 with high probability",
                "corollary_1",
            ),
            Self::Lemma4 => ("Lemma 4", "the limit of μ(0) of a wide network", "lemma_4"),
            Self::Lemma7 => (
                "Lemma 7",
                "orthogonal inputs: wrong pairs die before residuals move",
                "lemma_7",
            ),
            Self::Proposition1 => (
                "Proposition 1",
                "orthogonal inputs: μ ≤ C√(p/n) past the time of Lemma 7",
                "proposition_1",
            ),
            Self::Conjecture1 => (
                "Conjecture 1",
                "orthogonal inputs, p of order log n: μ_∞ of order 1/√n",
                "conjecture_1",
            ),
            Self::Proposition2 => (
                "Proposition 2",
                "groups: the flow in closed form, μ between two orders",
                "proposition_2",
            ),
            Self::Theorem2 => (
                "Theorem 2",
                "groups are learnt one by one, in sharp transitions",
                "theorem_2",
            ),
            Self::Proposition3 => (
                "Proposition 3",
                "without Assumption 1 the output layer can collapse",
                "proposition_3",
            ),
        }
    }
}

impl std::fmt::Display for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Statement {
    /// As its name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every statement once, in `ALL` and by name; each has its file here and its twin in `audit/`, and is on the page
    /// of the argument under that file.
    #[test]
    fn the_list_is_complete_and_its_files_exist() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(source.join("../../docs/theory.md")).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        let mut names = std::collections::BTreeSet::new();
        for statement in Statement::ALL {
            assert!(seen.insert(statement), "{statement} is listed twice");
            assert!(names.insert(statement.name()), "{statement} has another's name");
            for room in ["theory", "audit"] {
                let file = source.join("src").join(room).join(statement.file());
                assert!(file.with_extension("rs").exists(), "{file:?}");
            }
            let file = format!("theory/{}.rs", statement.file());
            let line = page
                .lines()
                .find(|line| line.starts_with(&format!("| {} |", statement.name())) && line.contains(&file));
            let line = line.unwrap_or_else(|| panic!("docs/theory.md has no row of {statement} with {file}"));
            assert!(line.contains(&statement.says().replace('|', "\\|")), "{line}");
        }
    }
}

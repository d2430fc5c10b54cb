//! Checks what `audit` and `transition` print, and how they exit.

use crate::common::Place;
use serde_json::Value;

/// A small orthogonal problem: one JSON object, nothing fails, the method is named.
#[test]
fn an_audit_is_one_object() {
    let place = Place::with("");
    let text = place.stdout(&[
        "audit",
        "--group",
        "--n",
        "8",
        "--d",
        "8",
        "--p",
        "2",
        "--draws",
        "1",
        "--set",
        "data.groups=2",
        "--json",
    ]);
    let object: Value = serde_json::from_str(&text).unwrap();
    assert!(object["method"].as_str().unwrap().starts_with("gradient flow"));
    let rows = object["rows"].as_array().unwrap();
    let of = |statement: &str| {
        rows.iter()
            .filter(|row| row["statement"] == statement)
            .collect::<Vec<_>>()
    };
    assert!(of("Theorem 2").iter().any(|row| row["judgement"] == "holds"));
    assert!(of("Proposition 3").iter().all(|row| row["judgement"] == "holds"));
    assert!(rows.iter().all(|row| row["judgement"] != "fails"));
}

/// A table ends in a sentence and says which draws it saw; points of a file are audited with every initialisation; a model that
/// is not the paper's is refused.
#[test]
fn an_audit_says_what_it_saw() {
    let sweep = "[sweep]\np = 6\ndraws = 2\nseed = 1\n\n[data]\nlaw = \"points\"\nx = [[1.0, 0.2], [0.3, 1.0]]\ny = [0.0, 1.0]\n\n";
    let flow = "[flow]\nmethod = \"flow\"\n";
    let place = Place::with(&format!("{sweep}{flow}"));
    let text = place.stdout(&["audit", "fig.toml"]);
    assert!(
        text.contains("2 draws: the file's data, with an initialisation each"),
        "{text}"
    );
    let last = text.lines().last().unwrap();
    assert!(last.contains("statements hold") && last.ends_with('.'), "{last}");
    assert!(!text.contains("NaN"), "{text}");
    let place = Place::with(&format!(
        "{sweep}{flow}\n[model]\nactivation = {{ leaky = 0.1 }}\n"
    ));
    let refused = place.run(&["audit", "fig.toml"]);
    assert_ne!(refused.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("model"),
        "{refused:?}"
    );
}

/// The paper's first transition at n = 10^18: t_2 = (√n/4) log(4√n), as a plateau's end.
#[test]
fn a_transition_has_plateaus() {
    let place = Place::with("");
    let text = place.stdout(&["transition", "--n", "1e18", "--rows", "10", "--json"]);
    let object: Value = serde_json::from_str(&text).unwrap();
    let exact = 1e9 / 4.0 * (4e9f64).ln();
    let found = object["plateaus"][0]["to"].as_f64().unwrap();
    assert!((found / exact - 1.0).abs() < 1e-12);
    assert!((object["plateaus"][1]["level"].as_f64().unwrap() - 0.2).abs() < 1e-15);
    assert_eq!(object["trajectory"].as_array().unwrap().len(), 11);
    assert_eq!(
        place
            .stdout(&["transition", "--n", "1e6", "--rows", "4", "--csv"])
            .lines()
            .count(),
        6
    );
    assert_eq!(place.run(&["transition", "--n", "-1"]).status.code(), Some(2));
}

//! Which columns are inputs, which is the label, and which only count the rows.

use super::refusals::assert_refused;
use super::{assert_data, read};

#[test]
fn pandas_row_numbers_are_no_input() {
    let account = assert_data(read(",a,y\n0,4.5,1\n1,6.5,-1\n", ""), &[4.5, 6.5], &[1.0, -1.0]);
    assert_eq!(account.left_out, ["without a name (row numbers)"]);
    // A subset of rows, a file saved twice, row names, columns without names.
    assert_data(read(",a,y\n17,4.5,1\n3,6.5,-1\n", ""), &[4.5, 6.5], &[1.0, -1.0]);
    assert_data(
        read(",Unnamed: 0,a,y\n0,0,4.5,1\n1,1,6.5,-1\n", ""),
        &[4.5, 6.5],
        &[1.0, -1.0],
    );
    assert_data(
        read("\"\",a,y\nMazda,4.5,1\nFiat,6.5,-1\n", ""),
        &[4.5, 6.5],
        &[1.0, -1.0],
    );
    assert_data(read(",0,1\n0,4.5,1\n1,6.5,-1\n", ""), &[4.5, 6.5], &[1.0, -1.0]);
    // Asked for by name, row numbers are an input like any other.
    assert_data(
        read("id,a,y\n0,4.5,1\n1,6.5,-1\n", ""),
        &[0.0, 4.5, 1.0, 6.5],
        &[1.0, -1.0],
    );
    assert_refused(
        read(",a,y\n0.5,4.5,1\n0.7,6.5,-1\n", ""),
        "none for one that is no row number",
        "drop",
    );
}

#[test]
fn labels_inputs_and_what_is_dropped_are_chosen_by_name() {
    let text = "y,a,b\n1,2,3\n-1,5,6\n";
    assert_refused(read(text, ""), "`y`, `b`", "label = \"y\"");
    assert_data(read(text, "label = \"y\""), &[2.0, 3.0, 5.0, 6.0], &[1.0, -1.0]);
    assert_data(
        read(text, "label_column = \"y\""),
        &[2.0, 3.0, 5.0, 6.0],
        &[1.0, -1.0],
    );
    let account = assert_data(
        read(text, "label = \"y\"\ninputs = [\"b\"]"),
        &[3.0, 6.0],
        &[1.0, -1.0],
    );
    assert_eq!(account.left_out, ["`a` (not in inputs)"]);
    // The order asked for, and the one column left as the label.
    assert_data(
        read(text, "inputs = [\"b\", \"a\"]"),
        &[3.0, 2.0, 6.0, 5.0],
        &[1.0, -1.0],
    );
    assert_data(read(text, "drop = [\"y\"]"), &[2.0, 5.0], &[3.0, 6.0]);
    assert_refused(read(text, "label = \"Y\""), "columns `y`, `a`, `b`", "");
    assert_refused(
        read("weight,hight,y\n1,2,3\n", "label = \"y\"\ninputs = [\"height\"]"),
        "columns",
        "`hight`?",
    );
    assert_refused(
        read(text, "drop = [\"a\"]\nlabel = \"a\""),
        "both for column `a`",
        "",
    );
    assert_refused(
        read(text, "inputs = [\"a\"]\nlabel = \"a\""),
        "column `a` in both",
        "",
    );
    assert_refused(read("x,x,y\n1,2,3\n", "inputs = [\"x\"]"), "2 of them", "");
    assert_refused(read("y\n1\n2\n", ""), "alone", "");
}

/// Labels that are spread over columns are no inputs: not one of them is taken for one without a word.
#[test]
fn several_columns_of_labels_are_asked_about() {
    for (names, first, second) in [
        ("a,b,y1,y2", "y1", "y2"),
        ("a,b,class_0,class_1", "class_0", "class_1"),
        ("a,b,Label-0,Label-1", "Label-0", "Label-1"),
        ("y 1,y 2,a,b", "y 1", "y 2"),
        ("a,b,target_cat,target_dog", "target_cat", "target_dog"),
        ("a,class0,b,y", "class0", "y"),
    ] {
        let text = format!("{names}\n1,2,0,1\n3,5,1,0\n");
        let label = format!("label = \"{first}\"; where the others are labels too: drop = [");
        assert_refused(read(&text, ""), &format!("`{first}`, `{second}`"), &label);
        read(&text, &format!("label = \"{first}\"\ndrop = [\"{second}\"]")).unwrap();
    }
    let text = "a,b,y1,y2\n1,2,0,1\n3,5,1,0\n";
    assert_refused(
        read(text, "inputs = [\"a\", \"b\"]"),
        "`y1`, `y2`",
        "label = \"y1\"",
    );
    assert_data(
        read(text, "label = \"y1\"\ndrop = [\"y2\"]"),
        &[1.0, 2.0, 3.0, 5.0],
        &[0.0, 1.0],
    );
    // One such column at the end is the label, and one second word makes none.
    assert_data(read("a,y1\n1,2\n3,5\n", ""), &[1.0, 3.0], &[2.0, 5.0]);
    assert_data(read("class_size,b\n1,2\n3,5\n", ""), &[1.0, 3.0], &[2.0, 5.0]);
}

/// A label that is no number is not to be dropped: another column would be the label without a word.
#[test]
fn a_label_of_text_is_asked_for_as_numbers() {
    for (text, found) in [
        ("a,b,y\n1.5,2,cat\n3,4.5,dog\n", "`cat` in line 2"),
        ("a,b,y\n1.5,2,1\n3,4.5,\n", "a gap in line 3"),
    ] {
        assert_refused(read(text, ""), found, "label = \"…\" names another label");
    }
    assert_refused(
        read("a,b,y\n1.5,red,1\n3,blue,2\n", ""),
        "`red` in line 2",
        "drop = [\"b\"]",
    );
    assert_refused(read("a,b,y\n", "header = true"), "names alone", "");
}

/// Columns that count the rows are row numbers under a usual name, and no label without a word.
#[test]
fn columns_that_count_the_rows_are_asked_about() {
    let rows = |first: i32, step: i32| {
        (0..5).map(move |k| format!("{},{}.5,{}\n", first + k, k * k % 7, 1980 + k * step))
    };
    let text =
        |head: &str, first: i32, step: i32| format!("{head}\n{}", rows(first, step).collect::<String>());
    for (head, first) in [
        ("id,a,y", 0),
        ("Obs,a,y", 1),
        ("ROWNAMES,a,y", 1),
        ("index,a,y", 3),
    ] {
        let name = head.split(',').next().unwrap();
        assert_refused(
            read(&text(head, first, 2), ""),
            &format!("column `{name}`, which counts the rows"),
            &format!("drop = [\"{name}\"] leaves it out"),
        );
        let data = read(&text(head, first, 2), &format!("drop = [\"{name}\"]")).unwrap();
        assert_eq!(data.dataset.dimension(), 1);
    }
    // A count that is a measurement has another name; what is asked for is taken.
    assert_eq!(read(&text("age,a,y", 20, 2), "").unwrap().dataset.dimension(), 2);
    assert_eq!(
        read(&text("id,a,y", 1, 2), "inputs = [\"id\", \"a\"]")
            .unwrap()
            .dataset
            .dimension(),
        2
    );
    // The last column is the label unless it counts the rows, as years do.
    assert_refused(
        read(&text("gnp,a,YEAR", 7, 1), ""),
        "the last one, `YEAR`, which counts the rows",
        "label = \"YEAR\"",
    );
    assert_eq!(
        read(&text("gnp,a,YEAR", 7, 1), "label = \"YEAR\"")
            .unwrap()
            .account
            .label,
        "YEAR"
    );
    assert_eq!(read(&text("gnp,a,y", 7, 1), "").unwrap().account.label, "y");
}

/// Under a name that is not usual for row numbers, an input that is the number of its row is taken and pointed out.
#[test]
fn an_input_that_is_the_number_of_its_row_is_pointed_out() {
    let text = |first: i32, head: &str| {
        let rows = (0..9).map(|k| format!("{},{}.5,{}.25\n", first + k, k * k % 7, k * k % 5));
        format!("{head}\n{}", rows.collect::<String>())
    };
    for first in [0, 1] {
        let account = read(&text(first, "sample,a,y"), "").unwrap().account;
        assert_eq!(account.inputs, ["sample", "a"]);
        let said = account.to_string();
        let expected = "; input sample is the number of its row: drop = [\"sample\"] leaves it out";
        assert!(said.ends_with(expected), "{said}");
    }
    // Asked for by name, or counting from elsewhere, it is an input like any other.
    let account = read(&text(1, "sample,a,y"), "inputs = [\"sample\", \"a\"]")
        .unwrap()
        .account;
    assert_eq!(account.counts_rows, None);
    assert_eq!(read(&text(20, "age,a,y"), "").unwrap().account.counts_rows, None);
}

/// Two columns of one name are refused where they are used, and may be dropped together.
#[test]
fn columns_of_one_name_are_refused() {
    let text = "a,b,a,y\n1.5,2,3.5,1\n0.5,4,2.5,-1\n";
    let hint = "drop = [\"a\"] leaves them all out";
    assert_refused(read(text, ""), "2 columns `a`", hint);
    assert_data(read(text, "drop = [\"a\"]"), &[2.0, 4.0], &[1.0, -1.0]);
    assert_data(
        read(text, "inputs = [\"b\"]\nlabel = \"y\""),
        &[2.0, 4.0],
        &[1.0, -1.0],
    );
    assert_refused(
        read("y,b,y\n1.5,2,1\n0.5,4,-1\n", "label = \"b\""),
        "2 columns `y`",
        "drop",
    );
}

//! Rust's spelling of the model's names.

/// Words of the model that hold capitals inside, which would otherwise be split.
const WORDS: &[(&str, &str)] = &[("GiB", "Gib"), ("VCpu", "Vcpu")];

/// `KMSKeyArn` becomes `kms_key_arn`, `S3Bucket` `s3_bucket`.
pub(super) fn snake(name: &str) -> String {
    let name = WORDS.iter().fold(name.to_owned(), |name, (word, plain)| name.replace(word, plain));
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, character) in characters.iter().enumerate() {
        if index > 0 && starts_word(&characters, index) {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

fn starts_word(characters: &[char], index: usize) -> bool {
    let (before, here) = (characters[index - 1], characters[index]);
    let before_lower = characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
    here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || before_lower) && before != '_'
}

/// A field's name: `Type` becomes `r#type`.
pub(super) fn field(name: &str) -> String {
    match snake(name).as_str() {
        keyword @ ("type" | "match" | "ref" | "use" | "where" | "enum" | "mod" | "self") => {
            format!("r#{keyword}")
        }
        plain => plain.to_owned(),
    }
}

pub(super) fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}

/// An enumeration's variant: `python3.12` becomes `Python3_12`, `TRIM_HORIZON` `TrimHorizon`.
pub(super) fn variant(value: &str) -> String {
    let mut variant = String::new();
    for word in
        value.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
    {
        if ends_in_digit(&variant) && word.starts_with(|character: char| character.is_ascii_digit()) {
            variant.push('_');
        }
        variant.push_str(&capitalised(word));
    }
    variant
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|character: char| character.is_ascii_digit())
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    let shouted = !rest.contains(|character: char| character.is_ascii_lowercase());
    first.to_uppercase() + &if shouted { rest.to_lowercase() } else { rest.to_owned() }
}

/// `"text"` as a raw string literal.
pub(super) fn raw(text: &str) -> String {
    if text.contains('"') { format!("r#\"{text}\"#") } else { format!("r\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_names_at_words_and_not_inside_acronyms() {
        let names = ["KMSKeyArn", "S3Bucket", "UUID", "CodeSha256", "PrincipalOrgID", "logGroupName"];
        let snakes =
            ["kms_key_arn", "s3_bucket", "uuid", "code_sha256", "principal_org_id", "log_group_name"];
        assert_eq!(names.map(snake), snakes);
        assert_eq!(
            snake("ExecutionEnvironmentMemoryGiBPerVCpu"),
            "execution_environment_memory_gib_per_vcpu"
        );
    }

    #[test]
    fn keeps_digits_of_versions_apart() {
        let values =
            ["python3.12", "nodejs22.x", "java8.al2", "TRIM_HORIZON", "x86_64", "PassThrough", "AWS_IAM"];
        let variants =
            ["Python3_12", "Nodejs22X", "Java8Al2", "TrimHorizon", "X86_64", "PassThrough", "AwsIam"];
        assert_eq!(values.map(variant), variants);
    }
}

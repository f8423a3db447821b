use super::*;

fn resolve(arguments: Arguments) -> Result<Settings, SettingsError> {
    let data_dir = arguments.data_dir.or(Some(PathBuf::from("/data")));
    Settings::resolve(Arguments { data_dir, ..arguments }, EnvironmentKeys::default())
}

fn with_file(text: &str, arguments: Arguments) -> Result<Settings, SettingsError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    resolve(Arguments { config: Some(file.path().to_owned()), ..arguments })
}

#[test]
fn defaults_are_loopback_and_signed() {
    let settings = resolve(Arguments::default()).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:4566".parse().unwrap());
    assert_eq!(settings.auth, Auth::Sigv4);
    assert_eq!(settings.runtimes_dir, PathBuf::from("/data/runtimes"));
    assert_eq!(settings.concurrency, 1000);
}

#[test]
fn a_flag_beats_the_file_which_beats_the_default() {
    let file = "region = 'eu-west-1'\nconcurrency = 5\n[endpoint]\ns3 = 'http://a'\n\
                sqs = { url = 'http://b', resign = true }\n";
    let arguments = Arguments {
        region: Some("eu-north-1".to_owned()),
        endpoints: vec!["s3=http://c".to_owned()],
        ..Arguments::default()
    };
    let settings = with_file(file, arguments).unwrap();
    assert_eq!(settings.region.as_str(), "eu-north-1");
    assert_eq!(settings.concurrency, 5);
    assert_eq!(settings.endpoints["s3"], Endpoint { url: "http://c".to_owned(), resign: false });
    assert_eq!(settings.endpoints["sqs"], Endpoint { url: "http://b".to_owned(), resign: true });
}

#[test]
fn an_unknown_key_in_the_file_is_named() {
    let error = with_file("lisen = 'x'", Arguments::default()).unwrap_err().to_string();
    assert!(error.contains("lisen"), "{error}");
}

#[test]
fn an_endpoint_of_another_kind_in_the_file_is_told_what_is_wanted() {
    let error = with_file("[endpoint]\ns3 = 5\n", Arguments::default()).unwrap_err().to_string();
    assert!(error.contains("expected a URL, or a table with `url`"), "{error}");
}

#[test]
fn an_address_has_a_port_and_may_be_localhost() {
    let at = |listen: &str| resolve(Arguments { listen: Some(listen.to_owned()), ..Arguments::default() });
    assert_eq!(at("localhost:80").unwrap().listen, "127.0.0.1:80".parse().unwrap());
    for wrong in ["4566", "127.0.0.1", "example.com:80", "127.0.0.1:80000"] {
        let refused = at(wrong).unwrap_err().to_string();
        let expected = "is not an address to listen on: write ADDRESS:PORT, for example 127.0.0.1:4566";
        assert_eq!(refused, format!("'{wrong}' {expected}"));
    }
}

#[test]
fn limits_that_would_let_no_function_run_are_refused() {
    let with =
        |concurrency, memory_mib| resolve(Arguments { concurrency, memory_mib, ..Arguments::default() });
    assert!(matches!(with(Some(0), None), Err(SettingsError::NoConcurrency)));
    assert!(matches!(with(None, Some(127)), Err(SettingsError::TooLittleMemory { given: 127 })));
    assert!(with(Some(1), Some(128)).is_ok());
}

#[test]
fn authentication_is_off_only_on_loopback() {
    let open = |listen: &str| {
        resolve(Arguments { listen: Some(listen.to_owned()), auth: Some(Auth::Off), ..Arguments::default() })
    };
    assert!(open("127.0.0.1:1").is_ok());
    assert!(matches!(open("0.0.0.0:1"), Err(SettingsError::OpenToTheWorld { .. })));
}

#[test]
fn a_flag_says_where_one_registry_is_and_the_file_where_the_others_are() {
    let file = "registry_http = ['c.lan']\n[registry]\n'a.example' = 'a.lan'\n'b.example' = 'b.lan'\n";
    let arguments = |value: &str| Arguments { registries: vec![value.to_owned()], ..Arguments::default() };
    let settings = with_file(file, arguments("a.example=c.lan")).unwrap();
    let expected = [("a.example", "c.lan"), ("b.example", "b.lan")];
    assert_eq!(settings.registries, expected.map(|(name, home)| (name.to_owned(), home.to_owned())).into());
    assert_eq!(settings.registries_http, ["c.lan"]);
    assert!(matches!(resolve(arguments("a.example")), Err(SettingsError::Registry { .. })));
}

#[test]
fn an_endpoint_is_a_service_and_a_url() {
    let with = |text: &str| resolve(Arguments { endpoints: vec![text.to_owned()], ..Arguments::default() });
    assert!(with("s3=http://127.0.0.1:9000").is_ok());
    assert!(matches!(with("s3"), Err(SettingsError::Endpoint { .. })));
    assert!(matches!(with("s3=ftp://x"), Err(SettingsError::Endpoint { .. })));
}

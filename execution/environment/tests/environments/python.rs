use super::place::Place;

crate::tests!(
    every_python_of_the_host_serves_its_runtime,
    a_function_sees_aws_s_places_and_variables,
    the_host_s_own_packages_are_not_importable,
    an_exec_wrapper_starts_the_interpreter,
);

async fn every_python_of_the_host_serves_its_runtime(place: Place) {
    for runtime in place.runtimes("python") {
        let code = "import sys, ssl, sqlite3, ctypes\ndef handler(e, c): return 'python%d.%d' % sys.version_info[:2]";
        let function = place.function(&runtime, "app.handler", &[("app.py", code)]).start().await;
        assert_eq!(function.answer("{}").await, format!("\"{runtime}\""));
    }
}

async fn a_function_sees_aws_s_places_and_variables(place: Place) {
    let code = "
import os, sys
def handler(event, context):
    names = ['_HANDLER', 'AWS_REGION', 'LAMBDA_TASK_ROOT', 'AWS_ENDPOINT_URL', 'MINE', 'PATH', 'AWS_ACCESS_KEY_ID', '_LAMBDA_TELEMETRY_LOG_FD']
    return [os.getcwd(), sys.executable, sys.path[0], '/var/runtime' in sys.path, os.getuid()] + [os.environ.get(n) for n in names]
";
    let function = place.python(code).variable("MINE", "yes").variable("AWS_REGION", "mars").start().await;
    let newest = place.runtimes("python").pop().unwrap();
    assert_eq!(
        function.answer("{}").await,
        format!(
            r#"["/var/task", "/var/lang/bin/{newest}", "/var/task", true, 993, "app.handler", "us-east-1", "/var/task", "http://127.0.0.1:4566", "yes", "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin", "ASIA", null]"#
        )
    );
}

async fn the_host_s_own_packages_are_not_importable(place: Place) {
    let code = "
import importlib.util, subprocess, sys
def handler(event, context):
    child = subprocess.run(['python3', '-c', 'import pip'], stderr=subprocess.DEVNULL).returncode
    return [importlib.util.find_spec('pip') is None, child]
";
    let function = place.python(code).start().await;
    assert_eq!(function.answer("{}").await, "[true, 1]");
}

async fn an_exec_wrapper_starts_the_interpreter(place: Place) {
    let newest = place.runtimes("python").pop().unwrap();
    let files = [
        ("wrapper", "#!/bin/bash\nexport WRAPPED=\"$1\"\nexec \"$@\"\n"),
        ("app.py", "import os\ndef handler(e, c): return os.environ['WRAPPED']"),
    ];
    let function = place.function(&newest, "app.handler", &files);
    let function = function.variable("AWS_LAMBDA_EXEC_WRAPPER", "/var/task/wrapper").start().await;
    assert_eq!(function.answer("{}").await, format!("\"/var/lang/bin/{newest}\""));
}

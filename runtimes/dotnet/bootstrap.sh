#!/bin/sh
# Starts a .NET function: its program, or the runtime client in the place that the function's own files describe.
# Messages and statuses are those of AWS's bootstrap.

fail() {
    echo "Error: $2" >&2
    exit "$1"
}

# missing STATUS SUFFIX: a file that the compiler writes beside each assembly.
missing() {
    fail "$1" ".NET binaries for Lambda function are not correctly installed in the $LAMBDA_TASK_ROOT directory of the \
image when the image was built. The $LAMBDA_TASK_ROOT directory is missing the required $2 file."
}

# described SUFFIX STATUS: the file of the handler's assembly with this suffix, else the only one there is.
described() {
    if [ -f "$LAMBDA_TASK_ROOT/$assembly$1" ]; then
        echo "$LAMBDA_TASK_ROOT/$assembly$1"
        return
    fi
    set -- "$1" "$2" "$LAMBDA_TASK_ROOT"/*"$1"
    [ $# -eq 3 ] && [ -f "$3" ] || missing "$2" "$1"
    echo "$3"
}

[ -n "$_HANDLER" ] || fail 103 "No Lambda Handler function was specified."
dotnet=/var/lang/bin/dotnet

case $_HANDLER in
    *:*)
        assembly=${LAMBDA_DOTNET_MAIN_ASSEMBLY:-${_HANDLER%%:*}}
        assembly=${assembly%.dll}
        dependencies=$(described .deps.json 105) || exit
        configuration=$(described .runtimeconfig.json 106) || exit
        exec $dotnet exec --depsfile "$dependencies" --runtimeconfig "$configuration" /var/runtime/client.dll
        ;;
esac

program=$LAMBDA_TASK_ROOT/$_HANDLER
if [ -f "${program%.dll}.dll" ]; then
    exec $dotnet exec "${program%.dll}.dll"
elif [ -f "$program" ]; then
    exec "$program"
fi
fail 104 "executable assembly ${program%.dll}.dll or binary $program not found."

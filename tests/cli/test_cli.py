"""The command line: every verb has help with an example, mistakes end with one sentence and their exit code."""

import subprocess
import sys

import click
import pytest

from annotate import cli
from annotate.cli import annotate, main


def commands(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(annotate))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(name):
    assert f"annotate {name}" in COMMANDS[name].help
    assert COMMANDS[name].get_short_help_str()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name):
    for parameter in COMMANDS[name].params:
        assert isinstance(parameter, click.Argument) or parameter.help, parameter.name


def run(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return caught.value.code


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["buidl"], 2, "Did you mean 'build'?"),
        (["build", "--photos", "/nowhere/at/all", "--out", "OUT"], 2, "no such folder"),
        (["build", "--photos", "EMPTY", "--out", "OUT"], 2, "holds no"),
        (["build", "--recipe", "dmo", "--out", "OUT"], 2, "Did you mean 'demo'?"),
        (["build", "--set", "plan.variant=2", "--out", "OUT"], 2, "Did you mean 'plan.variants'?"),
        (["build", "--segmenter", "sma", "--out", "OUT", "--photos", "PHOTOS"], 2, "sam"),
        (["build", "--out", "/proc/nowhere"], 7, "cannot be written"),
        (["status", "/nowhere"], 2, "no build has run"),
    ],
)
def test_mistakes_end_with_one_clear_sentence(arguments, code, words, tmp_path, capsys):
    from tests.photos import save_photos  # noqa: PLC0415

    (tmp_path / "empty").mkdir()
    save_photos(tmp_path / "photos", 1)
    places = {"OUT": str(tmp_path / "out"), "EMPTY": str(tmp_path / "empty"), "PHOTOS": str(tmp_path / "photos")}
    assert run(*[places.get(argument, argument) for argument in arguments]) == code
    message = capsys.readouterr().err
    assert words in message
    assert "Traceback" not in message


def test_help_and_import_load_no_prefect_and_no_torch():
    code = "import sys; from annotate.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "import annotate.pipeline; print(sorted({'prefect', 'torch', 'openai', 'albumentations'} & set(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "[]"


def test_exit_codes_in_the_help_are_those_of_the_errors():
    from schemas import errors  # noqa: PLC0415

    codes = {getattr(errors, name).exit_code for name in errors.__all__}
    assert all(f"{code} " in annotate.help.replace("\n", " ") for code in codes)
    assert str(cli.STOPPED) in annotate.help

"""The command line: one file for each verb, found by its name and imported when it is asked for.

Exit codes: 0 done, 1 an error, 2 a wrong flag, setting, folder or file, 3 a dataset that contradicts itself, 4 photos that
cannot fill the quotas, 5 the spending cap, 6 a teacher that refuses to work, 7 a disk that refuses, 8 a folder that belongs
to another run, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from annotate import __version__
from schemas.errors import AnnotateError

__all__ = ["main"]

STOPPED = 130


class Verbs(click.Group):
    """Finds verbs as files of this folder; ``--help`` imports each, running one imports only that one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All verbs, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, None if there is no such file."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").COMMAND
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Offers the nearest verb for one that does not exist."""
        from schemas.registry import nearest  # noqa: PLC0415

        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            ctx.fail(f"There is no verb {args[0]!r}.{nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="annotate")
def annotate() -> None:
    """Turns pristine photos into a training set for models that judge image quality.

    \b
    Start with:
      annotate build --split train
      annotate build --split all --photos DIR --out DIR --seed 7 --workers 4

    \b
    Exit codes: 0 done; 1 error; 2 wrong flag, setting, folder or file; 3 dataset contradicts itself;
    4 photos cannot fill the quotas; 5 spending cap; 6 teacher refuses to work; 7 disk refuses;
    8 folder belongs to another run; 130 stopped by Ctrl-C.
    """  # noqa: D301


def main(arguments: list[str] | None = None) -> None:
    """Entry point: runs a verb, turns errors into one sentence and an exit code."""
    try:
        annotate.main(args=arguments, prog_name="annotate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Everything finished is kept: run the same command again to go on.", err=True)
        sys.exit(STOPPED)
    except AnnotateError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)

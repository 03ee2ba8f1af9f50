import { Command } from "commander";
import { UsageError } from "../usage_error.ts";

const shells = ["bash", "zsh", "fish"] as const;

const help = `
The script completes commands, their flags and the values of flags that have a list, then files.

Examples:
  perturbine completion bash > ~/.local/share/bash-completion/completions/perturbine
  perturbine completion zsh > "\${fpath[1]}/_perturbine"
  perturbine completion fish > ~/.config/fish/completions/perturbine.fish`;

/** `perturbine completion`: a script by which a shell completes command lines. @param program gives the commands. */
export function completionCommand(program: () => Command): Command {
  return new Command("completion")
    .description("Print a script by which bash, zsh or fish completes commands and flags")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText("after", help)
    .action((shell: string) => {
      if (!(shells as readonly string[]).includes(shell)) {
        throw new UsageError(
          `There is no completion for ${shell}, expected bash, zsh or fish; name one of them.`,
        );
      }
      const entries = entriesOf(program());
      console.log(shell === "fish" ? fishScript(entries) : bashScript(entries, shell === "zsh"));
    });
}

/** A command with what may follow it. */
interface Entry {
  /** Its words after the program's name: `bench kernels`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly flags: readonly {
    readonly name: string;
    readonly about: string;
    readonly values: readonly string[];
  }[];
}

function entriesOf(command: Command, path: readonly string[] = []): Entry[] {
  const about = (text: string) => text.split("\n")[0];
  const own: Entry = {
    path: path.join(" "),
    commands: command.commands.map((sub) => ({ name: sub.name(), about: about(sub.description()) })),
    flags: [
      ...command.options.filter(({ hidden }) => !hidden).map(({ long, short, description, argChoices }) => ({
        name: long ?? short!,
        about: about(description),
        values: argChoices ?? [],
      })),
      { name: "--help", about: "options and examples", values: [] },
    ],
  };
  return [own, ...command.commands.flatMap((sub) => entriesOf(sub, [...path, sub.name()]))];
}

/** For bash, and for zsh by its emulation of bash's completion. */
function bashScript(entries: readonly Entry[], zsh: boolean): string {
  const words = entries.map(({ path, commands, flags }) =>
    `    "${path}") words="${
      [...commands.map(({ name }) => name), ...flags.map(({ name }) => name)].join(" ")
    }" ;;`
  );
  const values = entries.flatMap(({ path, flags }) =>
    flags.filter((flag) => flag.values.length > 0)
      .map((flag) => `    "${path} ${flag.name}") words="${flag.values.join(" ")}" ;;`)
  );
  const paths = entries.map(({ path }) => path).filter((path) => path !== "").map((path) => `"${path}"`);
  return `${zsh ? "#compdef perturbine\nautoload -U +X bashcompinit && bashcompinit\n" : ""}_perturbine() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" next="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
      ${paths.join("|")}) path="$next" ;;
    esac
  done
  case "$path" in
${words.join("\n")}
  esac
  case "$path $before" in
${values.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _perturbine perturbine`;
}

function fishScript(entries: readonly Entry[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = entries.flatMap(({ path, commands, flags }) => {
    const names = path.split(" ").filter(Boolean);
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
    const none = commands.length > 0
      ? [`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")}`]
      : [];
    const when = quoted([...seen, ...none].join("; and "));
    return [
      ...commands.map(({ name, about }) =>
        `complete -c perturbine -n ${when} -a ${name} -d ${quoted(about)}`
      ),
      ...flags.map(({ name, about, values }) =>
        `complete -c perturbine -n ${when} -l ${name.replace(/^-+/, "")} -d ${quoted(about)}` +
        (values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : "")
      ),
    ];
  });
  return lines.join("\n");
}

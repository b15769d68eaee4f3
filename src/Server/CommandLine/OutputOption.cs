using System.CommandLine;

namespace Camshaft.Server.CommandLine;

/// <summary><c>--output table|json</c>: for people or for scripts.</summary>
internal sealed class OutputOption : Option<string>
{
    public OutputOption()
        : base("--output", "-o")
    {
        Description = "How the result is written.";
        DefaultValueFactory = static _ => "table";
        this.AcceptOnlyFromAmong("table", "json");
    }

    public bool IsJson(ParseResult result) => result.GetValue(this) == "json";
}

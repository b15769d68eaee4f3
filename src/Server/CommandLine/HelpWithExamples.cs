using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Camshaft.Server.CommandLine;

/// <summary>The help of every command, with its examples and the exit codes at the end.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly string[] RootExamples =
    [
        "camshaft serve --models /srv/models",
        "camshaft models check /srv/models",
        "camshaft models list",
        "camshaft infer simple --input INPUT0=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16] --input INPUT1=@ones.npy",
        "camshaft bench --model simple:rate=100,slo=20ms --duration 10s",
        "camshaft top",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        var examples = command is DocumentedCommand documented ? documented.Examples : command is RootCommand ? RootExamples : [];
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 done, 1 it could not be done, 2 the command line is not understood, 3 the server cannot be reached.");
        return exitCode;
    }
}

using System.Reflection;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models schema</c>: what may stand in a <c>model.yaml</c>, for editors that complete and check it.</summary>
internal sealed class SchemaCommand : DocumentedCommand
{
    public SchemaCommand()
        : base(
            "schema",
            "Writes the JSON schema of model.yaml. Editors complete and check a file that begins with '# yaml-language-server: $schema=PATH'.",
            "camshaft models schema > model.schema.json") => SetAction(static result => Write(result.InvocationConfiguration.Output));

    private static void Write(TextWriter output)
    {
        using var schema = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("model.schema.json")!);
        output.Write(schema.ReadToEnd());
    }
}

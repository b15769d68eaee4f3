using System.CommandLine;
using Camshaft.Backends.Cuda;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models</c>: the models of a running server, and of a directory that is to be served.</summary>
internal sealed class ModelsCommand : Command
{
    public ModelsCommand()
        : base("models", "Lists, shows, loads, unloads and warms up the models of a running server, and checks a model repository.")
    {
        Add(new ListCommand());
        Add(new ShowCommand());
        Add(new ChangeCommand("load", "Loads models into a running server, or loads them again when their files have changed.", "Loaded"));
        Add(new ChangeCommand("unload", "Takes models out of service; their requests in flight finish.", "Unloaded"));
        Add(new WarmCommand());
        Add(new AliasCommand());
        Add(new CheckCommand(CudaDriver.Load));
        Add(new SchemaCommand());
    }
}

using System.CommandLine;

namespace Camshaft.Server.CommandLine.Routing;

/// <summary><c>camshaft route</c>: the rules by which a running server finds the models of requests.</summary>
internal sealed class RouteCommand : Command
{
    public RouteCommand()
        : base("route", "Lists, explains and reloads the rules by which a running server finds the models of requests.")
    {
        Add(new RulesCommand());
        Add(new ExplainCommand());
        Add(new ReloadCommand());
    }
}

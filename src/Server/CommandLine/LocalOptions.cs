using System.CommandLine;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.CommandLine;

/// <summary>The options of commands that look at models and plugins without a server: they read the server's own configuration.</summary>
internal sealed class LocalOptions
{
    private readonly Option<string> _plugins = new("--plugins") { HelpName = "PATH", Description = "The directory of the backend plugins. [default: as configured, else plugins beside the program]" };
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = "The configuration file. [default: camshaft.json in the working directory, if there is one]" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_plugins);
        command.Add(_config);
    }

    /// <summary>The configuration with them.</summary>
    /// <exception cref="ConfigurationException">It is not usable.</exception>
    public ServerOptions Load(ParseResult result) => ServerConfiguration.Load(
        Environment.CurrentDirectory, result.GetValue(_config), result.GetValue(_plugins) is { } plugins ? [new("plugins", plugins)] : []);
}

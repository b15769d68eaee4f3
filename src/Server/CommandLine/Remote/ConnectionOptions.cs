using System.CommandLine;
using System.Globalization;

namespace Camshaft.Server.CommandLine.Remote;

/// <summary>The options of every command that talks to a running server.</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Holds the server's address when <c>--url</c> does not.</summary>
    public const string UrlVariable = "CAMSHAFT_URL";

    private const string DefaultUrl = "http://localhost:8000";

    private readonly Option<string> _url = new("--url", "-u") { HelpName = "URL", Description = $"The server's address. [default: {UrlVariable}, else {DefaultUrl}]" };
    private readonly CredentialOptions _credentials = new();
    private readonly Option<int> _timeout = new("--timeout") { HelpName = "SECONDS", Description = "How long an answer may take.", DefaultValueFactory = static _ => 300 };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        _credentials.AddTo(command);
        command.Add(_timeout);
        _timeout.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, CultureInfo.InvariantCulture, out var seconds) || seconds < 1))
            {
                result.AddError($"'{token.Value}' is no timeout; expected a number of seconds, 1 or more.");
            }
        });
    }

    /// <summary>Makes a client as they say.</summary>
    /// <exception cref="CommandException">They name something that is not usable.</exception>
    public ServerClient Connect(ParseResult result)
    {
        var url = result.GetValue(_url) ?? Environment.GetEnvironmentVariable(UrlVariable) ?? DefaultUrl;
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandException($"'{url}' is no address of a server; expected something like {DefaultUrl}.");
        }

        return new ServerClient(address, _credentials.ReadKey(result), _credentials.GetAuthorityPath(result), TimeSpan.FromSeconds(result.GetValue(_timeout)));
    }
}

using System.CommandLine;
using System.Globalization;

namespace Camshaft.Server.CommandLine.Remote;

/// <summary>The options of every command that talks to a running server.</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Holds the server's address when <c>--url</c> does not.</summary>
    public const string UrlVariable = "CAMSHAFT_URL";

    /// <summary>Holds the API key when <c>--api-key-file</c> does not; a key on the command line would be in the list of processes.</summary>
    public const string KeyVariable = "CAMSHAFT_API_KEY";

    private const string DefaultUrl = "http://localhost:8000";

    private readonly Option<string> _url = new("--url", "-u") { HelpName = "URL", Description = $"The server's address. [default: {UrlVariable}, else {DefaultUrl}]" };
    private readonly Option<string> _keyFile = new("--api-key-file") { HelpName = "PATH", Description = $"A file with the API key in its first line. [default: the key in {KeyVariable}, if any]" };
    private readonly Option<string> _authority = new("--ca-certificate") { HelpName = "PATH", Description = "A PEM file of the authority that signed the server's certificate. [default: the system's authorities]" };
    private readonly Option<int> _timeout = new("--timeout") { HelpName = "SECONDS", Description = "How long an answer may take.", DefaultValueFactory = static _ => 300 };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_keyFile);
        command.Add(_authority);
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

        return new ServerClient(address, ReadKey(result), result.GetValue(_authority), TimeSpan.FromSeconds(result.GetValue(_timeout)));
    }

    private string? ReadKey(ParseResult result)
    {
        if (result.GetValue(_keyFile) is not { } path)
        {
            return Environment.GetEnvironmentVariable(KeyVariable);
        }

        try
        {
            return File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The API key file cannot be read: {exception.Message}", innerException: exception);
        }
    }
}

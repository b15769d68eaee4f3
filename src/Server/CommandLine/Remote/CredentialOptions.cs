using System.CommandLine;

namespace Camshaft.Server.CommandLine.Remote;

/// <summary>The options by which a command shows who it is, and knows who the server is.</summary>
internal sealed class CredentialOptions
{
    /// <summary>Holds the API key when <c>--api-key-file</c> does not; a key on the command line would be in the list of processes.</summary>
    public const string KeyVariable = "CAMSHAFT_API_KEY";

    private readonly Option<string> _keyFile = new("--api-key-file") { HelpName = "PATH", Description = $"A file with the API key in its first line. [default: the key in {KeyVariable}, if any]" };
    private readonly Option<string> _authority = new("--ca-certificate") { HelpName = "PATH", Description = "A PEM file of the authority that signed the server's certificate. [default: the system's authorities]" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_keyFile);
        command.Add(_authority);
    }

    /// <summary>The PEM file of the server's authority; null for the system's authorities.</summary>
    public string? GetAuthorityPath(ParseResult result) => result.GetValue(_authority);

    /// <summary>The API key; null for none.</summary>
    /// <exception cref="CommandException">Its file cannot be read.</exception>
    public string? ReadKey(ParseResult result)
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

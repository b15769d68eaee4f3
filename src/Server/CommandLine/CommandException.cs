namespace Camshaft.Server.CommandLine;

/// <summary>A command cannot do what it was told to. The message is for the person at the command line.</summary>
internal sealed class CommandException(string message, int exitCode = CamshaftCommand.Failure, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}

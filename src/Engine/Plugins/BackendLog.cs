using Camshaft.Backends;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Plugins;

/// <summary>Passes the messages of a backend, or of a device's driver, to the host's log.</summary>
/// <param name="logger">The log; its category says whose messages they are.</param>
public sealed partial class BackendLog(ILogger logger) : IBackendLog
{
    /// <inheritdoc/>
    public void Write(BackendLogLevel level, string message, Exception? exception = null) => Log.Message(
        logger,
        level switch
        {
            BackendLogLevel.Debug => LogLevel.Debug,
            BackendLogLevel.Information => LogLevel.Information,
            BackendLogLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Error,
        },
        message,
        exception);

    private static partial class Log
    {
        [LoggerMessage(EventId = 420, Message = "{Text}")]
        public static partial void Message(ILogger logger, LogLevel level, string text, Exception? exception);
    }
}

using Camshaft.Backends;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Plugins;

/// <summary>Passes a backend's messages to the host's log, under the plugin's name.</summary>
internal sealed partial class BackendLog(ILogger logger) : IBackendLog
{
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

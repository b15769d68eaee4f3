using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Models;

/// <summary>What is said of versions.</summary>
internal static partial class ModelLog
{
    [LoggerMessage(200, LogLevel.Information, "Model '{Model}' version {Version} is ready on {Backend} ({Device}); loaded in {Milliseconds:F0} ms.")]
    public static partial void Ready(ILogger logger, string model, long version, string backend, string device, double milliseconds);

    [LoggerMessage(201, LogLevel.Error, "Model '{Model}' version {Version} cannot be served: {Reason}")]
    public static partial void Failed(ILogger logger, string model, long version, string reason);

    [LoggerMessage(202, LogLevel.Information, "Model '{Model}' version {Version} is unloaded.")]
    public static partial void Unloaded(ILogger logger, string model, long version);

    [LoggerMessage(205, LogLevel.Information, "Model '{Model}' version {Version}: requests join to batches of up to {Rows} rows ({Reason}).")]
    public static partial void Joins(ILogger logger, string model, long version, int rows, string reason);

    [LoggerMessage(207, LogLevel.Information, "Model '{Model}' version {Version}: each request runs alone ({Reason}).")]
    public static partial void RunsAlone(ILogger logger, string model, long version, string reason);

    [LoggerMessage(206, LogLevel.Information, "Model '{Model}' version {Version} is not warmed up: {Reason}")]
    public static partial void NotWarm(ILogger logger, string model, long version, string reason);

    [LoggerMessage(210, LogLevel.Information, "Model '{Model}' version {Version} is warmed up again, with batches of up to {Rows} rows.")]
    public static partial void WarmAgain(ILogger logger, string model, long version, int rows);

    [LoggerMessage(208, LogLevel.Error, "Model '{Model}' version {Version} is taken out of service: a run of it goes on though nobody waits for it any more. Its memory stays out until it ends.")]
    public static partial void Stuck(ILogger logger, string model, long version);

    [LoggerMessage(209, LogLevel.Warning, "Model '{Model}' version {Version}: the run on lane {Lane} that had been given up has ended.")]
    public static partial void Returned(ILogger logger, string model, long version, int lane);

    [LoggerMessage(203, LogLevel.Error, "Model '{Model}' version {Version}: a run failed in the backend; its instance is replaced.")]
    public static partial void BackendFailed(ILogger logger, string model, long version, Exception exception);

    [LoggerMessage(211, LogLevel.Error, "Model '{Model}' version {Version}: its instance on lane {Lane} could not be freed cleanly.")]
    public static partial void InstanceNotFreed(ILogger logger, string model, long version, int lane, Exception exception);

    [LoggerMessage(212, LogLevel.Error, "Model '{Model}' version {Version}: what its load had left could not be freed cleanly.")]
    public static partial void NotFreed(ILogger logger, string model, long version, Exception exception);

    [LoggerMessage(213, LogLevel.Error, "Model '{Model}' version {Version}: the backend failed to say what memory it takes; what was known last holds.")]
    public static partial void NotMeasured(ILogger logger, string model, long version, Exception exception);

    [LoggerMessage(204, LogLevel.Error, "Model '{Model}' version {Version} is taken out of service: {Count} runs in a row failed in the backend.")]
    public static partial void Quarantined(ILogger logger, string model, long version, int count);
}

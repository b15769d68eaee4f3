using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Tests.Plugins;

/// <summary>Keeps the level of everything that is logged.</summary>
internal sealed class RecordedLogs : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<LogLevel> _levels = [];

    public IReadOnlyList<LogLevel> Levels
    {
        get
        {
            lock (_gate)
            {
                return [.. _levels];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _levels.Add(logLevel);
        }
    }

    public void Dispose()
    {
    }
}

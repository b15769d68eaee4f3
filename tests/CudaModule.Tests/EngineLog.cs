using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>Keeps what an engine logs, one text for each message.</summary>
internal sealed class EngineLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _messages = [];

    /// <summary>The messages of a level, or of all, the oldest first.</summary>
    public IReadOnlyList<string> Get(LogLevel? level = null) => [.. _messages.Where(message => message.Level == (level ?? message.Level)).Select(static message => message.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}

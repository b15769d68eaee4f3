using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>Keeps what a server logs as an error: no client may cause one.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _messages = new();

    /// <summary>What was logged since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var messages = new List<string>();
        while (_messages.TryDequeue(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _messages.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}

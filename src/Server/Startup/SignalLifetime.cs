using System.Runtime.InteropServices;

namespace Camshaft.Server.Startup;

/// <summary>
/// Ties the host's life to signals: the first asks for a graceful stop, however long that takes; a second one, from someone
/// who will not wait, ends the process at once.
/// </summary>
internal sealed partial class SignalLifetime(IHostApplicationLifetime lifetime, ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    // What shells report for a process that a signal ended: 128 and the signal's number.
    private const int SignalExitCode = 128;
    private const int InterruptNumber = 2;
    private const int TerminateNumber = 15;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signalCount;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signalCount) > 1)
        {
            Environment.Exit(SignalExitCode + (context.Signal == PosixSignal.SIGINT ? InterruptNumber : TerminateNumber));
        }

        context.Cancel = true;
        lifetime.StopApplication();
        Log.Stopping(logger, context.Signal);
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "{Signal}: the server stops when the requests in flight are answered. A second signal ends the process at once.")]
        public static partial void Stopping(ILogger logger, PosixSignal signal);
    }
}

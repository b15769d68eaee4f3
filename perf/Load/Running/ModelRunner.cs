using Camshaft.Load.Plans;
using Camshaft.Load.Targets;

namespace Camshaft.Load.Running;

/// <summary>
/// Sends one model's requests of one run from a thread of its own, which ends when all are answered or given up. Answers
/// are counted on whichever threads they come.
/// </summary>
internal sealed class ModelRunner : IDisposable
{
    // How long a target may take to notice that an answer is not waited for any more.
    private const long AbandonNanoseconds = 5_000_000_000;

    private readonly ModelLoad _load;
    private readonly ITargetModel _target;
    private readonly RunWindow _window;
    private readonly IRunClock _clock;
    private readonly Random _random;
    private readonly InFlightCount _inFlight = new();
    private readonly CancellationTokenSource _abandon = new();
    private long _waitedNanoseconds;
    private volatile Exception? _failure;

    public ModelRunner(ModelLoad load, ITargetModel target, RunWindow window, IRunClock clock, Random random)
    {
        _load = load;
        _target = target;
        _window = window;
        _clock = clock;
        _random = random;
        Recorder = new ModelRecorder(load, window);
    }

    public ModelLoad Load => _load;

    public ModelRecorder Recorder { get; }

    /// <summary>How much of the run's time the sending thread did not wait, 0 to 1.</summary>
    public double SenderBusy { get; private set; }

    public int InFlight => _inFlight.Count;

    /// <summary>Starts the thread.</summary>
    /// <returns>Completes with the thread; fails when the target throws, which is a bug in it, or the run is cancelled.</returns>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(cancellationToken);
                ended.SetResult();
            }
            catch (Exception exception)
            {
                ended.SetException(exception);
            }
        })
        { IsBackground = true, Name = $"Load: {_load.Name}" };
        thread.Start();
        return ended.Task;
    }

    public void Dispose() => _abandon.Dispose();

    private void Run(CancellationToken cancellationToken)
    {
        try
        {
            if (_load.Arrivals is OpenLoop openLoop)
            {
                SendArrivals(openLoop, cancellationToken);
            }
            else
            {
                RunClients((ClosedLoop)_load.Arrivals, cancellationToken);
            }

            SenderBusy = 1 - ((double)_waitedNanoseconds / Math.Max(1, _clock.Now - _window.Start));
            _clock.WaitForAnswers(_inFlight, 0, _window.GiveUp, cancellationToken);
        }
        finally
        {
            Abandon();
        }

        if (_failure is { } failure)
        {
            throw new InvalidOperationException($"The target failed to report how a request to '{_load.Name}' ended: {failure.Message}", failure);
        }
    }

    private void Abandon()
    {
        _abandon.Cancel();
        _clock.WaitForAnswers(_inFlight, 0, _clock.Now + AbandonNanoseconds, CancellationToken.None);
        if (Recorder.Due - Recorder.Finished is var unanswered and > 0)
        {
            Recorder.Errors.Add(SendResult.UnansweredKind, SendResult.Abandoned.Message, unanswered);
        }
    }

    private void SendArrivals(OpenLoop openLoop, CancellationToken cancellationToken)
    {
        var arrivals = openLoop.Start(_random);
        var heldUntil = long.MinValue;
        while (_failure is null && arrivals.TryGetNext(out var sinceStart))
        {
            var due = _window.Start + RunWindow.ToNanoseconds(sinceStart);
            if (due >= _window.End)
            {
                break;
            }

            WaitUntil(due, cancellationToken);
            if (_inFlight.Count >= _load.MaxInFlight)
            {
                WaitForRoom(cancellationToken);
                heldUntil = _clock.Now;
            }

            var isFull = _inFlight.Count >= _load.MaxInFlight;
            if (isFull || _clock.Now >= _window.GiveUp)
            {
                Recorder.RecordNotSent(due, _clock.Now, isFull);
                continue;
            }

            _inFlight.Enter();
            _ = SendAndLeaveAsync(due, isHeldBack: due < heldUntil);
        }

        // A trace may be over before the run is.
        WaitUntil(_window.End, cancellationToken);
    }

    private void RunClients(ClosedLoop closedLoop, CancellationToken cancellationToken)
    {
        for (var i = 0; i < closedLoop.Concurrency; i++)
        {
            _inFlight.Enter();
            _ = RunClientAsync(cancellationToken);
        }

        WaitUntil(_window.End, cancellationToken);
    }

    private async Task RunClientAsync(CancellationToken cancellationToken)
    {
        // Away from the thread that starts the clients: a target may answer at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (_failure is null && !cancellationToken.IsCancellationRequested && _clock.Now is var due && due < _window.End)
        {
            await SendAsync(due, isHeldBack: false).ConfigureAwait(false);
        }

        _inFlight.Leave();
    }

    private async Task SendAndLeaveAsync(long due, bool isHeldBack)
    {
        await SendAsync(due, isHeldBack).ConfigureAwait(false);
        _inFlight.Leave();
    }

    private async Task SendAsync(long due, bool isHeldBack)
    {
        var sent = _clock.Now;
        Recorder.RecordSend(due, sent, isHeldBack);
        try
        {
            var result = await _target.SendAsync(_abandon.Token).ConfigureAwait(false);
            Recorder.RecordEnd(due, sent, _clock.Now, result);
        }
        catch (Exception exception)
        {
            // Nobody awaits a request of an open loop; the sending thread looks here instead, and ends the run.
            _failure = exception;
        }
    }

    private void WaitUntil(long time, CancellationToken cancellationToken)
    {
        var before = _clock.Now;
        if (before < time)
        {
            _clock.WaitUntil(time, cancellationToken);
            _waitedNanoseconds += _clock.Now - before;
        }
    }

    private void WaitForRoom(CancellationToken cancellationToken)
    {
        var before = _clock.Now;
        _clock.WaitForAnswers(_inFlight, _load.MaxInFlight - 1, _window.End, cancellationToken);
        _waitedNanoseconds += _clock.Now - before;
    }
}

using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Camshaft.Backends;
using Camshaft.Client.Connections;

namespace Camshaft.Client.Requests;

/// <summary>
/// One request, from the caller's call to its end, over all attempts. Pooled; it is the caller's promise as well. The caller owns it, and so does
/// the connection that has it: who lets go last gives it back. Whichever of answer, deadline and cancellation comes first ends an attempt;
/// what comes later finds it ended. The inputs are read under <see cref="_gate"/> and never after the end, so the caller has its memory back at once.
/// </summary>
internal sealed class InferenceCall : IValueTaskSource<InferenceResult>, IThreadPoolWorkItem, IPending
{
    private readonly Lock _gate = new();
    private readonly CallDriver _driver;
    private readonly CallDeadline _deadline;
    private readonly Action<object?, CancellationToken> _onCancelled;
    private ManualResetValueTaskSourceCore<bool> _promise = new() { RunContinuationsAsynchronously = false };
    private InferenceInput[] _inputs = new InferenceInput[4];
    private CancellationToken _cancellationToken;
    private CancellationTokenRegistration _registration;
    private int _owners;
    private CallPhase _phase;
    private AttemptEnd _end;
    private CancellationTokenSource? _search;
    private Connection? _connection;
    private ulong _id;

    public InferenceCall(CallDriver driver)
    {
        _driver = driver;
        _deadline = new CallDeadline(driver.TimeProvider, () => End(DeadlineExceeded));
        _onCancelled = static (state, _) => ((InferenceCall)state!).End(Cancelled);
    }

    public CamshaftModel Model { get; private set; } = null!;

    public InferenceOptions Options { get; private set; } = InferenceOptions.Default;

    public Activity? Activity { get; private set; }

    public TraceContext Trace { get; private set; }

    public long StartedAt { get; private set; }

    /// <summary>How many attempts there were.</summary>
    public int Attempts { get; private set; }

    public ReadOnlySpan<InferenceInput> Inputs => _inputs.AsSpan(0, InputCount);

    public int InputCount { get; private set; }

    /// <summary>Whether it refers to shared memory, which the connection's server must know.</summary>
    public bool UsesRegions { get; private set; }

    /// <summary>The handle of the attempt.</summary>
    public OpenedModel Opened { get; private set; } = null!;

    /// <summary>How the last attempt ended.</summary>
    public ref readonly AttemptEnd LastEnd => ref _end;

    /// <summary>What the caller awaits, once.</summary>
    public ValueTask<InferenceResult> Task => new(this, _promise.Version);

    /// <summary>What is left of its time; null for any.</summary>
    public TimeSpan? Left => _deadline.Left;

    private static InferenceStatus Cancelled => new(StatusCode.Cancelled, "The request was cancelled.");

    private InferenceStatus DeadlineExceeded => new(StatusCode.DeadlineExceeded, $"No answer within {_deadline.Timeout.TotalMilliseconds:0} ms.");

    private bool IsEndedLocally => (_end.Flags & AttemptFlags.Local) != 0;

    /// <summary>Takes a request over from a caller.</summary>
    public void Begin(CamshaftModel model, ReadOnlySpan<InferenceInput> inputs, InferenceOptions options, Activity? activity, in TraceContext trace, CancellationToken cancellationToken)
    {
        if (_inputs.Length < inputs.Length)
        {
            _inputs = new InferenceInput[inputs.Length];
        }

        inputs.CopyTo(_inputs);
        InputCount = inputs.Length;
        UsesRegions = options.OutputRegions.Count > 0;
        foreach (ref readonly var input in inputs)
        {
            UsesRegions |= input.Region is not null;
        }

        (Model, Options, Activity, Trace, Attempts, _owners, _end) = (model, options, activity, trace, 0, 1, default);
        StartedAt = _driver.TimeProvider.GetTimestamp();
        lock (_gate)
        {
            _deadline.Set(StartedAt, options.Timeout ?? _driver.Timeout);
            _phase = CallPhase.Searching;
        }

        _deadline.Start();
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(_onCancelled, this);
    }

    /// <summary>Sends it on a connection. However that ends, <see cref="CallDriver.OnAttemptEnded"/> hears of it.</summary>
    public void Attempt(Connection connection, OpenedModel opened)
    {
        bool hasEnded;
        lock (_gate)
        {
            hasEnded = IsEndedLocally;
            if (hasEnded)
            {
                _phase = CallPhase.Ended;
            }
            else
            {
                (_phase, _connection, _id, Opened) = (CallPhase.Attempting, connection, 0, opened);
                Attempts++;
                Interlocked.Increment(ref _owners);
            }
        }

        if (hasEnded)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
        else
        {
            connection.Send(this);
        }
    }

    /// <summary>Ends the search for a connection with one.</summary>
    public void EndSearch(Connection connection, OpenedModel opened)
    {
        lock (_gate)
        {
            _search = null;
        }

        Attempt(connection, opened);
    }

    /// <summary>Ends the search for a connection without one; it counts as an attempt.</summary>
    public void EndSearch(in AttemptEnd end)
    {
        lock (_gate)
        {
            _end = IsEndedLocally ? _end : end;
            (_phase, _search) = (CallPhase.Ended, null);
            Attempts++;
        }

        // What ends a search may be the caller's own cancel, on the caller's thread.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>A token that is cancelled when the request ends amid the search for a connection; not disposed, since the end may come at any time.</summary>
    public CancellationTokenSource BeginSearch()
    {
        var search = new CancellationTokenSource();
        lock (_gate)
        {
            (_phase, _search) = (CallPhase.Searching, search);

            // What came after the last attempt had ended and before this moment found nothing to end.
            if (!IsEndedLocally && (_cancellationToken.IsCancellationRequested || _deadline.HasPassed))
            {
                _end = new AttemptEnd(_cancellationToken.IsCancellationRequested ? Cancelled : DeadlineExceeded, AttemptFlags.Local | AttemptFlags.NotBegun);
            }

            if (IsEndedLocally)
            {
                search.Cancel();
            }

            return search;
        }
    }

    /// <summary>The connection begins to write it.</summary>
    /// <returns><see langword="false"/>: it has ended, and is not to be written. Otherwise the writer owns it as well, until <see cref="EndSend"/>: the answer may come before all is written.</returns>
    public bool TryBeginSend(ulong id)
    {
        lock (_gate)
        {
            if (_phase != CallPhase.Attempting)
            {
                return false;
            }

            _id = id;
            Interlocked.Increment(ref _owners);
            return true;
        }
    }

    /// <summary>The connection has written it, or given it up.</summary>
    public void EndSend() => Release();

    /// <summary>Copies data of an input; zeros once the request has ended, since the memory is the caller's again and the frame must go on.</summary>
    public void CopyInput(int index, int offset, Span<byte> destination)
    {
        try
        {
            lock (_gate)
            {
                if (_phase == CallPhase.Attempting)
                {
                    _inputs[index].Bytes.Slice(offset, destination.Length).CopyTo(destination);
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            // The caller's memory is gone before its time, which is no fault of the requests beside this one.
            End(new InferenceStatus(StatusCode.InvalidArgument, $"Model '{Model.Name}': input '{_inputs[index].Name}' cannot be read: {exception.Message}"));
        }

        destination.Clear();
    }

    /// <summary>Ends the attempt; the connection lets go of it.</summary>
    public void Complete(in AttemptEnd end)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _phase == CallPhase.Attempting;
            if (isFirst)
            {
                (_phase, _end, _connection) = (CallPhase.Ended, end, null);
            }
        }

        if (!isFirst)
        {
            end.Result?.Dispose();
        }

        Release();
        if (isFirst)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    /// <inheritdoc/>
    public void Fail(in InferenceStatus status, AttemptFlags flags) => Complete(new AttemptEnd(status, flags));

    /// <summary>Goes on after an attempt, away from the thread that ended it.</summary>
    public void Execute() => _driver.OnAttemptEnded(this);

    /// <summary>Hands the last end to the caller.</summary>
    public void Finish()
    {
        // A callback that runs just now is waited for, so that none finds the next request.
        _registration.Dispose();
        _deadline.Stop();
        _promise.SetResult(true);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _promise.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _promise.OnCompleted(continuation, state, token, flags);

    public InferenceResult GetResult(short token)
    {
        _promise.GetResult(token);
        var (end, cancellationToken) = (_end, _cancellationToken);
        lock (_gate)
        {
            _phase = CallPhase.Free;
            _promise.Reset();
        }

        Release();
        return end.Result ?? Throw(end, cancellationToken);
    }

    private static InferenceResult Throw(in AttemptEnd end, CancellationToken cancellationToken) =>
        end.Status.Code == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? throw new OperationCanceledException(end.Status.Message, cancellationToken)
            : throw new InferenceException(end.Status, (end.Flags & (AttemptFlags.NotBegun | AttemptFlags.NotSent)) != 0);

    /// <summary>The caller, or what it gave, or the deadline ends it.</summary>
    private void End(InferenceStatus status)
    {
        Connection? connection = null;
        CancellationTokenSource? search = null;
        ulong id = 0;
        var isFirst = false;
        lock (_gate)
        {
            if (status.Code == StatusCode.DeadlineExceeded && !_deadline.HasPassed)
            {
                return;
            }

            if (_phase == CallPhase.Attempting)
            {
                (isFirst, connection, id) = (true, _connection, _id);
                (_phase, _end, _connection) = (CallPhase.Ended, new AttemptEnd(status, id == 0 ? AttemptFlags.Local | AttemptFlags.NotBegun : AttemptFlags.Local), null);
            }
            else if (_phase == CallPhase.Searching)
            {
                _end = new AttemptEnd(status, AttemptFlags.Local | AttemptFlags.NotBegun);
                search = _search;
            }
        }

        if (id != 0)
        {
            connection?.Cancel(id);
        }

        search?.Cancel();
        if (isFirst)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            _inputs.AsSpan(0, InputCount).Clear();
            (Model, Opened, Activity, _end, _cancellationToken, _registration) = (null!, null!, null, default, default, default);
            _driver.Return(this);
        }
    }
}

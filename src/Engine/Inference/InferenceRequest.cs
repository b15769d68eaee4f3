using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Engine.Inference;

/// <summary>
/// One request on its way through the engine: declare the inputs, reserve the memory, fill it, run, read the outputs,
/// dispose. Pooled. It has one owner, the transport that rented it, and only the owner calls it;
/// others hold its <see cref="Handle"/>. It keeps its model from being unloaded until it is disposed.
/// </summary>
public sealed class InferenceRequest : IDisposable
{
    private readonly SignaturePlan _plan;
    private readonly DeviceScheduler _scheduler;
    private readonly HostMemoryPool _memory;
    private readonly TimeProvider _timeProvider;
    private readonly ModelQueues _queues;
    private readonly RequestTensors _tensors;
    private readonly RequestAnswer _answer = new();
    private readonly TagTable? _tagTable;
    private RequestTimings _timings;
    private RequestTags _tags;
    private ShapeBucket? _bucket;
    private InferenceStatus _status;

    internal InferenceRequest(ModelVersion model, SignaturePlan plan, ModelQueues queues, DeviceScheduler scheduler, HostMemoryPool memory, TimeProvider timeProvider, TagTable? tags = null)
    {
        Model = model;
        _plan = plan;
        _queues = queues;
        Queue = queues.Alone;
        _scheduler = scheduler;
        _memory = memory;
        _timeProvider = timeProvider;
        _tagTable = tags;
        _tensors = new RequestTensors(model, plan, memory);
    }

    /// <summary>The version that runs the request.</summary>
    public ModelVersion Model { get; }

    /// <summary>Its inputs and outputs, by whose order indices count.</summary>
    public ModelSignature Signature => _plan.Signature;

    /// <summary>Whether the request may run on the thread that calls <see cref="RunAsync"/>.</summary>
    public bool MayRunInline { get; set; }

    /// <summary>Whether others wait for that thread; then only what is over sooner than a lane would wake up runs on it.</summary>
    public bool OthersWait { get; set; }

    /// <summary>Whether requests to its model join to batches.</summary>
    public bool Joins => Batching.Joins;

    /// <summary>
    /// Whether the inputs are filled right after <see cref="ReserveAsync"/>, without a wait: their bytes are all there. Only
    /// such a request may get its memory among the rows of others, who would else wait for it.
    /// </summary>
    public bool FillsAtOnce { get; set; }

    /// <summary>Whether nobody waits for it: it runs alone, only where nothing else wants to, and never waits itself.</summary>
    internal bool IsBackground { get; set; }

    /// <summary>Whether it could start now, as one that nobody waits for.</summary>
    internal bool HasRoomInBackground => _scheduler.HasRoomInBackground;

    /// <summary>1 = highest; 0 = the model's default. For policies that order by it.</summary>
    public ulong Priority { get; set; }

    /// <summary>The trace that it belongs to.</summary>
    public TraceParent Trace { get; set; }

    /// <summary>What vendors have added to the trace; of use only where <see cref="RequestSpans.IsWanted"/>.</summary>
    public string? TraceState { get; set; }

    /// <summary>Names this use of the request, for cancellation.</summary>
    public InferenceRequestHandle Handle => new(this, Generation);

    /// <summary>When the request passed each point so far.</summary>
    public ref readonly RequestTimings Timings => ref _timings;

    /// <summary>How many rows it brings along the batch axis; 1 for models that do not batch.</summary>
    public int RowCount { get; internal set; } = 1;

    /// <summary>How it joins others.</summary>
    internal BatchAxes Batching => _queues.Axes;

    /// <summary>Where it waits.</summary>
    internal ModelQueue Queue { get; private set; }

    /// <summary>The slab that its rows lie in; null when its memory is its own.</summary>
    internal BatchSlab? Slab { get; set; }

    /// <summary>Its first row in the slab.</summary>
    internal int SlabRow { get; set; }

    // What the scheduler knows of the request, all guarded by its lock.
    internal RequestState State { get; set; }

    internal int Generation { get; set; }

    internal StatusCode CancelCode { get; set; }

    internal long Sequence { get; set; }

    internal long Deadline { get; set; } = long.MaxValue;

    internal bool WatchesDeadline { get; set; }

    /// <summary>Whether it was queued, or ran.</summary>
    internal bool WasAccepted { get; set; }

    internal EngineLane? Lane { get; set; }

    /// <summary>The request that runs after it in the same batch.</summary>
    internal InferenceRequest? NextInBatch { get; set; }

    /// <summary>Whether it may not join others any more: a batch with it has failed.</summary>
    internal bool RunsAlone { get; set; }

    /// <summary>How its run ended. The lane's holder's.</summary>
    internal InferenceStatus RunOutcome { get; set; }

    /// <summary>How it ended, until <see cref="Complete"/>.</summary>
    internal InferenceStatus Outcome { get; set; }

    /// <summary>Whether a run that was given up may still touch its memory.</summary>
    internal bool IsHeldByLane { get; set; }

    internal RequestLinks QueueLinks;

    internal RequestLinks DeadlineLinks;

    internal ref RequestTimings MutableTimings => ref _timings;

    internal ReadOnlySpan<TensorSlot> Inputs => _tensors.Inputs;

    internal ReadOnlySpan<TensorSlot> Outputs => _tensors.Outputs;

    internal HostMemoryPool Memory => _memory;

    internal SignaturePlan Plan => _plan;

    internal bool HasRequestedOutputs => _tensors.HasRequestedOutputs;

    /// <summary>Whether some tensor lies in memory of the device that the model runs on.</summary>
    internal bool HasTensorsOnDevice => _tensors.HasLentOnDevice;

    /// <summary>Sets a hard deadline, counted from now: a request that has not ended by then ends with <see cref="StatusCode.DeadlineExceeded"/>.</summary>
    /// <param name="timeout">More than zero.</param>
    public void SetTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        var ticks = timeout.TotalSeconds * _timeProvider.TimestampFrequency;
        Deadline = ticks >= long.MaxValue / 2 ? long.MaxValue : _timeProvider.GetTimestamp() + (long)ticks;
    }

    /// <summary>Says that the request carries an input. Its memory comes with <see cref="ReserveAsync"/>.</summary>
    /// <param name="index">The input.</param>
    /// <param name="dataType">Its datatype as the client states it.</param>
    /// <param name="shape">Its dimensions; a scalar may also come as <c>[1]</c>.</param>
    /// <param name="byteSize">How many bytes it has.</param>
    /// <returns>Success, or what is wrong with it.</returns>
    public InferenceStatus DeclareInput(int index, DataType dataType, ReadOnlySpan<long> shape, long byteSize) =>
        _tensors.DeclareInput(index, dataType, shape, byteSize);

    /// <summary>Asks for an output. Who asks for none gets them all.</summary>
    /// <param name="index">The output.</param>
    /// <param name="room">How many bytes there is room for; with more of them the request ends without success, before it runs where their number is known.</param>
    public InferenceStatus RequestOutput(int index, long room = long.MaxValue) => _tensors.RequestOutput(index, room);

    /// <summary>Has a declared input read where it lies, in memory of the client's, which the client may change at any time.</summary>
    /// <returns>
    /// <see langword="true"/>: the request owns the lease. <see langword="false"/>: the caller still does, and copies the input into the memory that comes with
    /// <see cref="ReserveAsync"/>, since it does not begin at a multiple of <see cref="LentMemory.Alignment"/>, must not change while it is used, or lies on another device
    /// than the model's. On that device it is copied where it must not change, and need not begin anywhere.
    /// </returns>
    public bool TryLendInput(int index, in LentMemory memory) => _tensors.TryLendInput(index, memory, Batching);

    /// <summary>
    /// Has an output that was asked for written where the client wants it, when all inputs are declared. One that joined others lies elsewhere all the same:
    /// <see cref="GetOutput"/> tells.
    /// </summary>
    /// <returns>
    /// <see langword="true"/>: the request owns the lease. <see langword="false"/>: the caller still does, and copies the output when it is there, since its size is
    /// not known yet (on the model's device that does not matter), its values are checked, or as for <see cref="TryLendInput"/>.
    /// </returns>
    public bool TryLendOutput(int index, in LentMemory memory) => _tensors.TryLendOutput(index, memory, Batching);

    /// <summary>
    /// Takes memory for the inputs and for the outputs whose shape is known, all at once. Where the budget is used up this
    /// waits; a transport that waits here reads no further, which is how pressure reaches the client.
    /// </summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    public ValueTask<InferenceStatus> ReserveAsync(CancellationToken cancellationToken)
    {
        if (_tensors.Bind() is { IsOk: false } missing)
        {
            return new(missing);
        }

        if (Batching.Joins)
        {
            FindBucket();
            if (FillsAtOnce && !_tensors.HasLent)
            {
                _bucket?.TryClaim(this, _memory);
            }
        }

        var blockByteSize = _tensors.CountBlockBytes();
        if (blockByteSize == 0)
        {
            return new(InferenceStatus.Ok);
        }

        var reservation = _memory.ReserveAsync(blockByteSize, cancellationToken);
        return reservation.IsCompletedSuccessfully
            ? new(Rent(reservation.Result, blockByteSize))
            : WaitAsync(this, reservation, blockByteSize);

        static async ValueTask<InferenceStatus> WaitAsync(InferenceRequest self, ValueTask<InferenceStatus> reservation, long blockByteSize) =>
            self.Rent(await reservation.ConfigureAwait(false), blockByteSize);
    }

    /// <summary>Takes memory for the inputs and for the outputs whose shape is known, if all of it is there at once.</summary>
    internal bool TryReserve()
    {
        if (!_tensors.Bind().IsOk)
        {
            return false;
        }

        var blockByteSize = _tensors.CountBlockBytes();
        return blockByteSize == 0 || (_memory.TryReserve(blockByteSize) && Rent(InferenceStatus.Ok, blockByteSize).IsOk);
    }

    /// <summary>An input's memory, to be filled. After <see cref="ReserveAsync"/> succeeded.</summary>
    public TensorView GetInput(int index) => Inputs[index].View;

    /// <summary>Runs the request. The result is awaited once; only then may the outputs be read or the request disposed.</summary>
    public ValueTask<InferenceStatus> RunAsync()
    {
        _status = _tensors.CheckElements();
        if (!_status.IsOk)
        {
            return new(_status);
        }

        if (RequestSpans.IsWanted && !Trace.Exists)
        {
            Trace = RequestSpans.Current;
        }

        if (_timings.Received == 0)
        {
            MarkReceived();
        }

        return _scheduler.Submit(this);
    }

    /// <summary>Says that the request ends without an answer, for a reason that its owner has found; it is counted so. Not while it runs.</summary>
    public void Refuse(in InferenceStatus status)
    {
        if (_status.IsOk)
        {
            _status = status;
        }
    }

    /// <summary>Whether an output is there; only those asked for are.</summary>
    public bool HasOutput(int index) => Outputs[index] is { IsPresent: true, HasMemory: true };

    /// <summary>An output, valid until the request is disposed. After <see cref="RunAsync"/> succeeded.</summary>
    public TensorView GetOutput(int index) => Outputs[index].View;

    /// <summary>
    /// Gives a request to another model what this one carries: the inputs and the wish for outputs, by name. The other is new; this one does not run.
    /// Where the other has memory at once nothing waits.
    /// </summary>
    /// <param name="other">The other request; its owner stays its owner however this ends.</param>
    /// <param name="cancellationToken">Gives the wait for memory up.</param>
    /// <returns>Success; what the other model has against it; or why there is no memory.</returns>
    public ValueTask<InferenceStatus> CopyToAsync(InferenceRequest other, CancellationToken cancellationToken) => RequestCopy.CopyAsync(this, other, cancellationToken);

    /// <summary>Says that the request carries a tag, by which it is counted if requests are counted by it.</summary>
    public void AddTag(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (_tagTable is not null && _tagTable.Find(name) is >= 0 and var tag)
        {
            _tags = _tags.With(tag, _tagTable.GetValue(tag, value));
        }
    }

    /// <summary>Says that the request's last byte has arrived.</summary>
    public void MarkReceived() => _timings.Received = _timeProvider.GetTimestamp();

    /// <summary>Says that the answer has been handed to the socket.</summary>
    public void MarkSent() => _timings.Sent = _timeProvider.GetTimestamp();

    /// <summary>Gives everything back. Not while the request runs: await <see cref="RunAsync"/> first.</summary>
    /// <exception cref="InvalidOperationException">The request is queued or runs.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed before.</exception>
    public void Dispose()
    {
        // Taken down first: a request that is held may be recycled as soon as it is released.
        var timings = _timings;
        var end = new RequestEnd(_status, RowCount, _tensors.CountInputBytes(), _tensors.CountOutputBytes(), WasAccepted, Trace, TraceState, _tags);
        var wasSubmitted = _scheduler.Release(this, out var isHeld);
        if (wasSubmitted || !end.Status.IsOk)
        {
            Model.Recorder.Record(ref timings, end);
            if (end.Tags != default)
            {
                Model.Recorder.CountTags(_tagTable!, end.Tags, end.Status.IsOk);
            }
        }

        if (!isHeld)
        {
            Recycle();
        }
    }

    /// <summary>Gives everything back, for the next use. By the owner, or for it by the lane whose run was given up.</summary>
    internal void Recycle()
    {
        _tensors.Clear();
        LeaveBucket();
        Queue = _queues.Alone;
        RowCount = 1;
        RunsAlone = false;
        FillsAtOnce = false;
        _answer.Reset();
        _status = default;
        Deadline = long.MaxValue;
        MayRunInline = false;
        IsBackground = false;
        OthersWait = false;
        Priority = 0;
        Trace = default;
        TraceState = null;
        _tags = default;
        WasAccepted = false;
        Model.Return(this);
    }

    /// <summary>Gives the memory of a request back that never was one and is not used again.</summary>
    internal void Discard()
    {
        _tensors.Clear();
        LeaveBucket();
    }

    /// <summary>Begins a use of the request, by the pool.</summary>
    internal void Begin()
    {
        State = RequestState.Building;
        _timings = new RequestTimings { Created = _timeProvider.GetTimestamp() };
    }

    internal void Cancel(int generation, StatusCode code) => _scheduler.Cancel(this, generation, code);

    /// <summary>The promise that <see cref="Complete"/> fulfils.</summary>
    internal ValueTask<InferenceStatus> Answer => _answer.Task;

    /// <summary>Whether a run gave every output that was asked for, and none with a value that the configuration excludes.</summary>
    internal InferenceStatus CheckOutputs() => _tensors.CheckOutputs();

    /// <summary>Hands the request back to its owner; the caller may not touch it after that.</summary>
    internal void Complete(in InferenceStatus status)
    {
        _status = status;
        _answer.Set(status);
    }

    private void LeaveBucket()
    {
        _bucket?.RemoveUser(Slab);
        _bucket = null;
        Slab = null;
    }

    /// <summary>Joins those whose rows have the same shapes; a request that cannot join runs alone.</summary>
    private void FindBucket()
    {
        if (!Batching.TryCountRows(Inputs, out var rows))
        {
            return;
        }

        RowCount = rows;
        _bucket = rows <= Batching.MaxRows && _tensors.MayJoin ? _queues.Buckets!.Find(Inputs) : null;
        Queue = _bucket?.Queue ?? _queues.Alone;
    }

    private InferenceStatus Rent(in InferenceStatus reserved, long reservedByteSize) =>
        _status = reserved.IsOk ? _tensors.Rent(reservedByteSize) : RequestErrors.NoMemory(Model, reserved);
}

using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>
/// A sample of one input and one output on one lane, whose batches are clients' rows in the device's memory, as the engine has them: a row alone is read where it lies,
/// several are brought together by copies. One batch at a time; one thread; disposed when none runs.
/// </summary>
internal sealed class RowsLane : ModelExecution, IDisposable
{
    private readonly IAcceleratorLane _lane;
    private readonly IModelInstance _instance;
    private readonly ClientRows _clients;
    private readonly BatchEnd _end;
    private readonly long[] _shape;
    private nint _input;
    private nint _output;

    /// <param name="model">The model.</param>
    /// <param name="index">The lane's number, from 1.</param>
    /// <param name="clients">Whose rows it has.</param>
    /// <param name="rowCount">How many rows a batch has.</param>
    /// <param name="end">Told of each batch's end.</param>
    public RowsLane(GpuModel model, int index, ClientRows clients, int rowCount, BatchEnd end)
    {
        (_clients, _end, RowCount) = (clients, end, rowCount);
        _shape = [rowCount, clients.Length];
        _lane = (IAcceleratorLane)model.Share.CreateLane(index);
        try
        {
            _instance = model.Model.CreateInstance(_lane);
        }
        catch
        {
            _lane.Dispose();
            throw;
        }
    }

    public override int RowCount { get; }

    public override CancellationToken CancellationToken => CancellationToken.None;

    private long ByteSize => RowCount * _clients.RowByteSize;

    /// <summary>Enqueues a batch.</summary>
    /// <param name="client">The first client; the others follow.</param>
    public void Begin(int client)
    {
        _lane.Begin();
        _input = RowCount == 1 ? _clients.GetInput(client) : _lane.Allocate(ByteSize);
        for (var row = 0; row < RowCount && RowCount > 1; row++)
        {
            _lane.CopyInOnDevice(_input + (nint)(row * _clients.RowByteSize), _clients.GetInput(client + row), _clients.RowByteSize);
        }

        _lane.BeginCompute();
        _instance.Execute(this);
        _lane.EndCompute();
        for (var row = 0; row < RowCount; row++)
        {
            _lane.CopyOutOnDevice(_clients.GetOutput(client + row), _output + (nint)(row * _clients.RowByteSize), _clients.RowByteSize);
        }

        _lane.End(_end);
    }

    public override bool HasInput(int index) => true;

    public override TensorView GetInput(int index) => new(DataType.Float32, _shape, MemoryKind.Device, _input, ByteSize);

    public override bool IsOutputRequested(int index) => true;

    public override bool TryGetOutput(int index, out TensorView output)
    {
        _output = _lane.Allocate(ByteSize);
        output = new TensorView(DataType.Float32, _shape, MemoryKind.Device, _output, ByteSize);
        return true;
    }

    public override TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize) => throw new NotSupportedException();

    public override void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state) => throw new NotSupportedException();

    public override void Complete() => throw new NotSupportedException();

    public override void Fail(InferenceStatus status) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
        _instance.Dispose();
        _lane.Dispose();
    }
}

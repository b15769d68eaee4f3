using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A batch as the backend sees it: inputs that were copied to the device, and one output that is copied back. Belongs to a lane.</summary>
internal sealed class LaneExecution(IAcceleratorLane lane, Workload workload, HostBlock[] inputs, HostBlock output) : ModelExecution
{
    private readonly nint[] _inputs = new nint[inputs.Length];
    private nint _output;
    private long _outputByteSize;

    public override int RowCount => 1;

    public override CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>Copies the inputs.</summary>
    public void CopyIn()
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = lane.Allocate(inputs[i].ByteSize);
            lane.CopyIn(_inputs[i], inputs[i].Address, inputs[i].ByteSize);
        }
    }

    /// <summary>Copies the output.</summary>
    public void CopyOut() => lane.CopyOut(output.Address, _output, _outputByteSize);

    public override bool HasInput(int index) => true;

    public override TensorView GetInput(int index) => new(DataType.Float32, workload.InputShapes[index], MemoryKind.Device, _inputs[index], inputs[index].ByteSize);

    public override bool IsOutputRequested(int index) => true;

    public override bool TryGetOutput(int index, out TensorView output)
    {
        output = default;
        return false;
    }

    public override TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(byteSize, output.ByteSize);
        _output = lane.Allocate(byteSize);
        _outputByteSize = byteSize;
        return new TensorView(dataType, shape.ToArray(), MemoryKind.Device, _output, byteSize);
    }

    public override void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state) => throw new NotSupportedException();

    public override void Complete() => throw new NotSupportedException();

    public override void Fail(InferenceStatus status) => throw new NotSupportedException();
}

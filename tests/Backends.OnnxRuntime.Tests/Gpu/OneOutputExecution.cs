using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>A batch that asks for one output of one FP32 element, whichever, always at the same address.</summary>
internal sealed class OneOutputExecution(ModelExecution batch, int output) : ModelExecution, IDisposable
{
    private static readonly float[] Memory = GC.AllocateArray<float>(1, pinned: true);
    private static readonly long[] OneElement = [1];

    public float Value => Memory[0];

    public override int RowCount => 1;

    public override CancellationToken CancellationToken => default;

    public override bool HasInput(int index) => batch.HasInput(index);

    public override TensorView GetInput(int index) => batch.GetInput(index);

    public override bool IsOutputRequested(int index) => index == output;

    public override bool TryGetOutput(int index, out TensorView output)
    {
        output = new TensorView(DataType.Float32, OneElement, MemoryKind.Host, Marshal.UnsafeAddrOfPinnedArrayElement(Memory, 0), sizeof(float));
        return true;
    }

    public override TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize) => throw new NotSupportedException();

    public override void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state) => throw new NotSupportedException();

    public override void Complete() => throw new NotSupportedException();

    public override void Fail(InferenceStatus status) => throw new NotSupportedException();

    public void Dispose() => Memory[0] = float.NaN;
}

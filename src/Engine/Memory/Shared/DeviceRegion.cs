using Camshaft.Backends;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>
/// Memory of an accelerator that another process has exported. Models on that device read and write it there; for others it is copied to and from the host, by
/// a call that waits for the device.
/// </summary>
public sealed class DeviceRegion : SharedRegion
{
    private readonly IAccelerator _device;
    private readonly IPeerMemory _memory;
    private readonly long _offset;
    private readonly bool _isUsedInPlace;

    private DeviceRegion(RegionAllowance allowance, IAccelerator device, IPeerMemory memory, long offset, long byteSize, bool isUsedInPlace)
        : base(allowance, byteSize)
    {
        _device = device;
        _memory = memory;
        _offset = offset;
        _isUsedInPlace = isUsedInPlace;
    }

    /// <inheritdoc/>
    public override bool IsWritable => true;

    /// <inheritdoc/>
    public override bool IsOnDevice => true;

    private protected override nint LentAddress => _memory.Address + (nint)_offset;

    private protected override IAccelerator LentDevice => _device;

    private protected override bool IsUsedInPlace => _isUsedInPlace;

    /// <summary>Opens memory.</summary>
    /// <param name="device">The device that it is on.</param>
    /// <param name="handle">What names it there.</param>
    /// <param name="offset">Where in it the region begins.</param>
    /// <param name="byteSize">How many bytes the region has.</param>
    /// <param name="isUsedInPlace">Whether models may read tensors where they lie although the client can change them; otherwise they are copied on the device first.</param>
    /// <param name="allowance">From which the region is taken.</param>
    /// <param name="region">The region, whose first share is the caller's; null without success.</param>
    /// <returns>Success, or why it cannot be used.</returns>
    public static InferenceStatus TryOpen(
        IAccelerator device, ReadOnlySpan<byte> handle, long offset, long byteSize, bool isUsedInPlace, RegionAllowance allowance, out SharedRegion? region)
    {
        region = null;
        if (!allowance.TryTake())
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"The server has {allowance.Limit} regions of shared memory, as many as it may.");
        }

        IPeerMemory memory;
        try
        {
            memory = device.OpenPeerMemory(handle);
        }
        catch (BackendException exception)
        {
            allowance.GiveBack();
            return new InferenceStatus(exception.Code, exception.Message);
        }

        if (byteSize <= 0 || offset < 0 || byteSize > memory.ByteSize || offset > memory.ByteSize - byteSize)
        {
            var status = new InferenceStatus(StatusCode.InvalidArgument, $"A region of {byteSize} bytes at {offset} does not lie in memory of {memory.ByteSize} bytes, which is what the driver has behind the handle.");
            memory.Dispose();
            allowance.GiveBack();
            return status;
        }

        region = new DeviceRegion(allowance, device, memory, offset, byteSize, isUsedInPlace);
        return InferenceStatus.Ok;
    }

    /// <inheritdoc/>
    public override InferenceStatus Read(long offset, Span<byte> destination)
    {
        try
        {
            _memory.Read(_offset + offset, destination);
            return InferenceStatus.Ok;
        }
        catch (BackendException exception)
        {
            return new InferenceStatus(exception.Code, exception.Message);
        }
    }

    /// <inheritdoc/>
    public override InferenceStatus Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            _memory.Write(_offset + offset, source);
            return InferenceStatus.Ok;
        }
        catch (BackendException exception)
        {
            return new InferenceStatus(exception.Code, exception.Message);
        }
    }

    private protected override void Free() => _memory.Dispose();
}

using System.Runtime.InteropServices;
using Xunit;

namespace Camshaft.Testing;

/// <summary>
/// Native memory between two guards: a write past either end is found when the guards are checked. Grows and is reused, so
/// that a warm test takes no memory.
/// </summary>
internal sealed unsafe class GuardedBuffer : IDisposable
{
    // Also the alignment: the tensor starts where a pool's block would.
    private const int GuardByteSize = 64;
    private const byte GuardByte = 0xA5;
    private const byte PoisonByte = 0xCD;

    private byte* _block;
    private long _capacity = -1;
    private long _byteSize;

    /// <summary>The first byte between the guards.</summary>
    public nint Address => (nint)(_block + GuardByteSize);

    /// <summary>The bytes between the guards. The block lives until <see cref="Dispose"/> or the next <see cref="Prepare"/>.</summary>
    public Span<byte> Bytes => new(_block + GuardByteSize, checked((int)_byteSize));

    /// <summary>Makes room for a tensor and fills it with poison.</summary>
    public void Prepare(long byteSize)
    {
        if (byteSize > _capacity)
        {
            NativeMemory.AlignedFree(_block);
            _block = (byte*)NativeMemory.AlignedAlloc((nuint)(byteSize + (2 * GuardByteSize)), GuardByteSize);
            _capacity = byteSize;
        }

        _byteSize = byteSize;
        Bytes.Fill(PoisonByte);
        Guard(-GuardByteSize).Fill(GuardByte);
        Guard(byteSize).Fill(GuardByte);
    }

    /// <summary>Fails the test when something was written outside.</summary>
    public void CheckGuards(string name)
    {
        if (_block is not null && (Guard(-GuardByteSize).ContainsAnyExcept(GuardByte) || Guard(_byteSize).ContainsAnyExcept(GuardByte)))
        {
            Assert.Fail($"Something was written outside the {_byteSize} bytes of '{name}'.");
        }
    }

    /// <summary>Whether nothing has been written since <see cref="Prepare"/>; an empty tensor counts as written.</summary>
    public bool IsPoisoned => _byteSize > 0 && !Bytes.ContainsAnyExcept(PoisonByte);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_block);
        _block = null;
        _capacity = -1;
    }

    private Span<byte> Guard(long offset) => new(_block + GuardByteSize + offset, GuardByteSize);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Camshaft.Testing;

/// <summary>Memory that a test shares with a server: without a name, to be passed by its descriptor, or with one. Gone with the test. Linux alone.</summary>
public sealed partial class TestMemory : IDisposable
{
    public const int SealSeal = 1;
    public const int SealShrink = 2;
    public const int SealGrow = 4;
    public const int SealWrite = 8;
    public const int SealFutureWrite = 16;

    private const uint CloseOnExecute = 1;
    private const uint AllowSealing = 2;
    private const int AddSeals = 1033;

    private readonly string? _path;

    private TestMemory(SafeFileHandle descriptor, string? path)
    {
        Descriptor = descriptor;
        _path = path;
    }

    /// <summary>The memory.</summary>
    public SafeFileHandle Descriptor { get; }

    /// <summary>Its name, a slash in front.</summary>
    public string Name => "/" + Path.GetFileName(_path);

    /// <summary>Makes memory without a name.</summary>
    /// <param name="byteSize">Its bytes.</param>
    /// <param name="seals">What nobody may do with it.</param>
    /// <param name="flags">Further flags of <c>memfd_create</c>.</param>
    public static TestMemory Create(long byteSize, int seals = SealShrink, uint flags = 0)
    {
        var descriptor = CreateMemory("camshaft-test", CloseOnExecute | AllowSealing | flags);
        Check(descriptor.IsInvalid ? -1 : 0);
        var memory = new TestMemory(descriptor, null);
        memory.Resize(byteSize);
        memory.Seal(seals);
        return memory;
    }

    /// <summary>Makes memory with a name.</summary>
    /// <param name="byteSize">Its bytes.</param>
    /// <param name="mode">Who may do what with it; all may read and write unless told otherwise.</param>
    public static TestMemory CreateNamed(long byteSize, UnixFileMode mode = (UnixFileMode)0b110_110_110)
    {
        var path = $"/dev/shm/camshaft-test-{Guid.NewGuid():N}";
        var memory = new TestMemory(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);
        memory.Resize(byteSize);
        if (!OperatingSystem.IsWindows())
        {
            // Past the process's mask.
            File.SetUnixFileMode(path, mode);
        }

        return memory;
    }

    /// <summary>Makes it longer or shorter.</summary>
    public void Resize(long byteSize) => RandomAccess.SetLength(Descriptor, byteSize);

    /// <summary>Adds seals.</summary>
    public void Seal(int seals) => Check(Control(Descriptor, AddSeals, seals));

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(Descriptor, bytes, offset);

    public byte[] Read(long offset, int byteSize)
    {
        var bytes = new byte[byteSize];
        Assert.Equal(byteSize, RandomAccess.Read(Descriptor, bytes, offset));
        return bytes;
    }

    public void Dispose()
    {
        Descriptor.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    private static void Check(int result) => Assert.True(result >= 0, Marshal.GetLastPInvokeErrorMessage());

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle CreateMemory(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, int command, nint argument);
}

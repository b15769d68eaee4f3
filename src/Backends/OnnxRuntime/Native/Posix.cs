using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>What Linux says of files and threads and .NET does not.</summary>
internal static unsafe partial class Posix
{
    // stat.h and fcntl.h; the same on every architecture.
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS
    private const int CurrentThread = 0; // for PRIO_PROCESS: Linux takes it for the calling thread

    /// <summary>Who the process is, as far as files are concerned.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    /// <summary>Reads a file's metadata.</summary>
    /// <param name="path">The file.</param>
    /// <param name="followLinks">Whether a symbolic link stands for what it leads to.</param>
    /// <exception cref="IOException">There is none, or it cannot be reached.</exception>
    public static FileStatistics GetStatistics(string path, bool followLinks)
    {
        FileStatistics statistics;
        return Statx(CurrentDirectory, path, followLinks ? 0 : NoFollow, BasicStatistics, &statistics) == 0
            ? statistics
            : throw new IOException($"'{path}' cannot be looked at: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes the names in a directory durable; files have their own way.</summary>
    /// <exception cref="IOException">They may be lost with the power.</exception>
    public static void FlushDirectory(string path)
    {
        using var directory = new SafeFileHandle(Open(path, 0), ownsHandle: true);
        if (directory.IsInvalid)
        {
            throw new IOException($"'{path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        RandomAccess.FlushToDisk(directory);
    }

    /// <summary>Lets other threads go first; for the rest of the calling thread's life.</summary>
    public static void LowerThreadPriority()
    {
        // A thread that may not be less important is as important as the others.
        const int byThread = 0; // PRIO_PROCESS
        const int nice = 10;
        _ = SetPriority(byThread, CurrentThread, nice);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, FileStatistics* statistics);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int value);

    /// <summary><c>struct statx</c>: the same on every architecture, 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatistics
    {
        /// <summary>The owner.</summary>
        [FieldOffset(20)]
        public uint UserId;

        /// <summary>The kind of file and its permissions.</summary>
        [FieldOffset(28)]
        public ushort Mode;

        /// <summary>Its number on its device.</summary>
        [FieldOffset(32)]
        public ulong Inode;

        /// <summary>Bytes.</summary>
        [FieldOffset(40)]
        public ulong ByteSize;

        /// <summary>When it was last written, in seconds.</summary>
        [FieldOffset(112)]
        public long ModifiedSeconds;

        /// <summary>The rest of it.</summary>
        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        /// <summary>The device, in two parts.</summary>
        [FieldOffset(136)]
        public ulong Device;

        /// <summary>Whether it is a file with content of its own.</summary>
        public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;

        /// <summary>Whether it is a directory.</summary>
        public readonly bool IsDirectory => (Mode & 0xF000) == 0x4000;

        /// <summary>Whether others than its owner may do anything with it.</summary>
        public readonly bool IsOpenToOthers => (Mode & 0x3F) != 0;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Reads which libraries a shared library needs (ELF, 64 bits, little-endian: the dynamic section of the System V ABI). The system's loader
/// names only the first that is missing.
/// </summary>
internal static class SharedObject
{
    private const int HeaderByteSize = 64;
    private const int SegmentByteSize = 56;
    private const int EntryByteSize = 16;
    private const int MaxPartByteSize = 1 << 20;

    // elf.h: PT_LOAD, PT_DYNAMIC, DT_NEEDED, DT_STRTAB, DT_STRSZ.
    private const uint LoadedSegment = 1;
    private const uint DynamicSegment = 2;
    private const long Needed = 1;
    private const long StringTable = 5;
    private const long StringTableByteSize = 10;

    /// <summary>Reads the names, in the file's order.</summary>
    /// <exception cref="InvalidDataException">The file is no such library.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<string> ReadNeeded(string path)
    {
        using var file = File.OpenHandle(path);
        var header = Read(file, path, 0, HeaderByteSize);
        if (!header.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw Damaged(path);
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56));
        var segments = Read(file, path, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(32)), count * SegmentByteSize);
        var dynamic = Enumerable.Range(0, count).Select(i => new Segment(segments.AsSpan(i * SegmentByteSize))).FirstOrDefault(static segment => segment.Type == DynamicSegment);
        var entries = Read(file, path, dynamic.Offset, dynamic.ByteSize);
        var names = new List<long>();
        long tableAddress = 0, tableByteSize = 0;
        for (var i = 0; i + EntryByteSize <= entries.Length; i += EntryByteSize)
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan(i + sizeof(long)));
            switch (BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan(i)))
            {
                case Needed: names.Add(value); break;
                case StringTable: tableAddress = value; break;
                case StringTableByteSize: tableByteSize = value; break;
            }
        }

        var table = Read(file, path, ToOffset(path, segments, count, tableAddress), tableByteSize);
        return [.. names.Select(name => ReadName(path, table, name))];
    }

    private static long ToOffset(string path, byte[] segments, int count, long address)
    {
        for (var i = 0; i < count; i++)
        {
            var segment = new Segment(segments.AsSpan(i * SegmentByteSize));
            if (segment.Type == LoadedSegment && address >= segment.Address && address - segment.Address < segment.ByteSize)
            {
                return address - segment.Address + segment.Offset;
            }
        }

        throw Damaged(path);
    }

    private static string ReadName(string path, byte[] table, long offset)
    {
        var length = offset >= 0 && offset < table.Length ? table.AsSpan((int)offset).IndexOf((byte)0) : -1;
        return length >= 0 ? Encoding.UTF8.GetString(table, (int)offset, length) : throw Damaged(path);
    }

    private static byte[] Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path, long offset, long byteSize)
    {
        if (offset < 0 || byteSize is < 0 or > MaxPartByteSize)
        {
            throw Damaged(path);
        }

        var bytes = new byte[byteSize];
        return RandomAccess.Read(file, bytes, offset) == bytes.Length ? bytes : throw Damaged(path);
    }

    private static InvalidDataException Damaged(string path) => new($"'{path}' is no shared library for 64-bit Linux.");

    /// <summary>A program header.</summary>
    private readonly struct Segment(ReadOnlySpan<byte> bytes)
    {
        public uint Type { get; } = BinaryPrimitives.ReadUInt32LittleEndian(bytes);

        public long Offset { get; } = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);

        public long Address { get; } = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);

        public long ByteSize { get; } = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]);
    }
}

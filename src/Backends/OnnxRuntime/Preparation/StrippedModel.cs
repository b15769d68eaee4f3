using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// A model file without some of the inputs of its graph, in memory of its own: initialisers that are inputs too become
/// constants, which ONNX Runtime may fold and fuse.
/// </summary>
internal sealed unsafe class StrippedModel : IDisposable
{
    private const byte GraphTag = (7 << 3) | 2;
    private const int MaxVarintByteSize = 10;

    private byte* _address;

    private StrippedModel(long capacity) => _address = (byte*)NativeMemory.Alloc((nuint)capacity);

    /// <summary>The model's first byte; good until this object is disposed.</summary>
    public void* Address => _address;

    /// <summary>How long the model is.</summary>
    public long ByteSize { get; private set; }

    /// <summary>Reads a model file, all but some fields.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">The graph in it.</param>
    /// <param name="stripped">The fields of the graph to leave out, in the file's order.</param>
    public static StrippedModel Read(string path, ProtobufField graph, IReadOnlyList<ProtobufField> stripped)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var fileByteSize = RandomAccess.GetLength(file);
        if (graph.End > fileByteSize)
        {
            throw new EndOfStreamException("The model file became shorter while it was read.");
        }

        var model = new StrippedModel(fileByteSize + MaxVarintByteSize);
        try
        {
            model.Append(file, 0, graph.Head);
            model.AppendGraphHead(graph.End - graph.Start - stripped.Sum(static field => field.End - field.Head));
            var start = graph.Start;
            foreach (var field in stripped)
            {
                model.Append(file, start, field.Head);
                start = field.End;
            }

            model.Append(file, start, graph.End);
            model.Append(file, graph.End, fileByteSize);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_address);
        _address = null;
    }

    // What is appended is never longer than the file and one number, and that is what was allocated.
    private void Append(Microsoft.Win32.SafeHandles.SafeFileHandle file, long start, long end)
    {
        const int chunk = 1 << 24;
        while (start < end)
        {
            var read = RandomAccess.Read(file, new Span<byte>(_address + ByteSize, (int)Math.Min(chunk, end - start)), start);
            if (read == 0)
            {
                throw new EndOfStreamException("The model file became shorter while it was read.");
            }

            start += read;
            ByteSize += read;
        }
    }

    private void AppendGraphHead(long length)
    {
        _address[ByteSize++] = GraphTag;
        for (; length >= 0x80; length >>= 7)
        {
            _address[ByteSize++] = (byte)(length | 0x80);
        }

        _address[ByteSize++] = (byte)length;
    }
}

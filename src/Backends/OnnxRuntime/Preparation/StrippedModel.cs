using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// A model file without some of the inputs of its graph, in memory of its own: initialisers that are inputs too become
/// constants, which ONNX Runtime may fold and fuse.
/// </summary>
internal sealed unsafe class StrippedModel : IDisposable
{
    private const byte IrVersionTag = 1 << 3;
    private const byte GraphTag = (7 << 3) | 2;
    private const int MaxVarintByteSize = 10;

    private readonly long _fileByteSize;
    private byte* _address;

    private StrippedModel(long fileByteSize)
    {
        _fileByteSize = fileByteSize;
        _address = (byte*)NativeMemory.Alloc((nuint)(fileByteSize + (2 * MaxVarintByteSize)));
    }

    /// <summary>The model's first byte; good until this object is disposed.</summary>
    public void* Address => _address;

    /// <summary>How long the model is.</summary>
    public long ByteSize { get; private set; }

    /// <summary>Reads a model file, all but some fields. A file of an old version gets the first one with constants.</summary>
    /// <param name="path">The file.</param>
    /// <param name="structure">What is in it.</param>
    /// <param name="stripped">The inputs of the graph to leave out, in the file's order.</param>
    public static StrippedModel Read(string path, OnnxStructure structure, IReadOnlyList<ProtobufField> stripped)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var fileByteSize = RandomAccess.GetLength(file);
        var graph = structure.Graph!.Value;
        var model = new StrippedModel(fileByteSize);
        try
        {
            // Fields may stand in any order.
            var edits = new List<(ProtobufField Field, Action Replace)>
            {
                (graph with { End = graph.Start }, () => model.AppendNumber(GraphTag, graph.End - graph.Start - stripped.Sum(static field => field.End - field.Head))),
            };
            edits.AddRange(stripped.Select(static field => (field, new Action(static () => { }))));
            if (structure.IsOld)
            {
                edits.Add((structure.IrVersion!.Value, () => model.AppendNumber(IrVersionTag, OnnxStructure.FirstVersionWithConstants)));
            }

            var start = 0L;
            foreach (var (field, replace) in edits.OrderBy(static edit => edit.Field.Head))
            {
                model.Append(file, start, field.Head);
                replace();
                start = field.End;
            }

            model.Append(file, start, fileByteSize);
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

    // Never more than the file's bytes and what a number may take more than it took in the file; that is what was allocated.
    private void Append(SafeFileHandle file, long start, long end)
    {
        const int chunk = 1 << 24;
        if (end > _fileByteSize)
        {
            throw new EndOfStreamException("The model file became shorter while it was read.");
        }

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

    private void AppendNumber(byte tag, long number)
    {
        _address[ByteSize++] = tag;
        for (; number >= 0x80; number >>= 7)
        {
            _address[ByteSize++] = (byte)(number | 0x80);
        }

        _address[ByteSize++] = (byte)number;
    }
}

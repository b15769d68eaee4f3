using System.Text;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire.Tests.Support;

/// <summary>A whole frame, taken apart by the readers and put together by the writers. Lengths and counts are worked out when it is written.</summary>
internal sealed record FrameImage(FrameKind Kind, ulong Id)
{
    public FrameFlags Flags { get; init; }

    public long Credit { get; init; }

    /// <summary>The second half of the head, as the kind has it.</summary>
    public object? Own { get; init; }

    public IReadOnlyList<FieldImage> Fields { get; init; } = [];

    public string Text { get; init; } = "";

    /// <summary>The handle of CUDA memory, which stands in the place of a text.</summary>
    public byte[] Handle { get; init; } = [];

    public IReadOnlyList<TensorSpec> Signature { get; init; } = [];

    /// <summary>The entries of the table: of an infer the inputs, then the outputs that are asked for.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; init; } = [];

    /// <summary>The data of each tensor that has some in the frame.</summary>
    public IReadOnlyList<byte[]> Data { get; init; } = [];

    public byte[] Write()
    {
        var fields = new byte[Fields.Sum(static field => FieldWriter.GetByteSize(field.Value.Length))];
        var writer = new FieldWriter(fields);
        foreach (var field in Fields)
        {
            writer.Write(field.Number, field.Value, field.IsRequired);
        }

        var preface = WireFormat.HeadByteSize + fields.Length + Tensors.Sum(static tensor => tensor.EntryByteSize);
        var layout = new DataLayout(preface);
        var offsets = Data.Select(data => layout.Place(data.Length)).ToList();
        var textByteSize = TextBlock.GetByteSize(Encoding.UTF8.GetByteCount(Text) + Handle.Length);
        var frame = new byte[layout.FrameByteSize + textByteSize + Signature.Sum(SignatureEntry.GetByteSize)];
        new FrameHead(Kind, Flags, fields.Length, frame.Length - WireFormat.HeadByteSize, Id, Credit).Write(frame);
        WriteOwn(frame);
        fields.CopyTo(frame, WireFormat.HeadByteSize);
        var rest = frame.AsSpan(WireFormat.HeadByteSize + fields.Length);
        TextBlock.Write(rest[..textByteSize], Text);
        Handle.CopyTo(rest);
        foreach (var tensor in Signature)
        {
            SignatureEntry.Write(ref rest, tensor);
        }

        foreach (var tensor in Tensors)
        {
            tensor.Write(ref rest);
        }

        foreach (var (data, offset) in Data.Zip(offsets))
        {
            data.CopyTo(frame.AsSpan((int)offset));
        }

        return frame;
    }

    private void WriteOwn(Span<byte> frame)
    {
        var text = Encoding.UTF8.GetByteCount(Text) + Handle.Length;
        var table = Tensors.Sum(static tensor => tensor.EntryByteSize);
        switch (Own)
        {
            case HelloHead hello:
                hello.Write(frame);
                break;
            case OpenHead open:
                (open with { NameByteSize = text }).Write(frame);
                break;
            case OpenedHead opened:
                opened.Write(frame);
                break;
            case TargetHead target:
                target.Write(frame);
                break;
            case InferHead infer:
                (infer with { TableByteSize = table }).Write(frame);
                break;
            case ResultHead result:
                (result with { TableByteSize = table }).Write(frame);
                break;
            case StatusHead status:
                (status with { MessageByteSize = text }).Write(frame);
                break;
            case RegisterHead register:
                (register with { NameByteSize = text }).Write(frame);
                break;
        }
    }
}

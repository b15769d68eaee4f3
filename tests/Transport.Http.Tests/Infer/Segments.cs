using System.Buffers;
using System.Text;

namespace Camshaft.Transport.Http.Tests.Infer;

/// <summary>Makes sequences of several segments, as receive blocks give them.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Whole(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The text in two segments.</summary>
    public static ReadOnlySequence<byte> Cut(string text, int at)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var first = new Segment(bytes.AsMemory(0, at), 0, null);
        var second = new Segment(bytes.AsMemory(at), at, first);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex, Segment? previous)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            previous?.Next = this;
        }
    }
}

using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Wire.Tests;

/// <summary>Every byte of every kind of frame is what <c>docs/protocol.md</c> says: the files were written from it, without this code.</summary>
public sealed class GoldenFrameTests
{
    public static TheoryData<string> Known => [.. GoldenFrames.All.Keys];

    public static TheoryData<string> Files => [.. GoldenFrames.FileNames];

    [Theory]
    [MemberData(nameof(Known))]
    public void A_frame_is_written_byte_by_byte(string name) => Assert.Equal(GoldenFrames.ReadFile(name), GoldenFrames.All[name].Write());

    [Theory]
    [MemberData(nameof(Known))]
    public void A_frame_that_was_read_is_written_again_as_it_was(string name)
    {
        var bytes = GoldenFrames.ReadFile(name);

        Assert.Equal(WireFault.None, FrameParser.TryRead(bytes, out var image));
        Assert.Equal(bytes, image!.Write());
    }

    /// <summary>What a receiver decides upon is known from the head alone; until the last byte is there, it knows that it waits.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_frame_that_is_cut_anywhere_is_incomplete_and_nothing_else(string name)
    {
        var bytes = GoldenFrames.ReadFile(name);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(WireFault.Incomplete, FrameParser.TryRead(bytes.AsSpan(0, length), out _));
            var fault = FrameHead.TryRead(bytes.AsSpan(0, length), out var head);
            Assert.Equal(length < WireFormat.HeadByteSize ? WireFault.Incomplete : WireFault.None, fault);
            Assert.Equal(length < WireFormat.HeadByteSize ? default : bytes.Length, head.Kind == FrameKind.None ? 0 : head.FrameByteSize);
        }
    }

    [Fact]
    public void Every_kind_of_frame_has_a_golden_one()
    {
        var kinds = GoldenFrames.All.Values.Select(static image => image.Kind);

        Assert.Empty(Enum.GetValues<FrameKind>().Except(kinds).Except([FrameKind.None]));
        Assert.Equal(GoldenFrames.All.Keys.Append("unknown-ignored").Order(), GoldenFrames.FileNames.Order());
    }

    [Fact]
    public void A_kind_of_a_later_version_can_be_skipped()
    {
        var bytes = GoldenFrames.ReadFile("unknown-ignored");

        Assert.Equal(WireFault.None, FrameHead.TryRead(bytes, out var head));
        Assert.False(head.IsKnown);
        Assert.Equal(FrameFlags.MayBeIgnored, head.Flags);
        Assert.Equal(bytes.Length, head.FrameByteSize);
    }

    [Fact]
    public void The_example_of_the_documentation_is_the_golden_frame()
    {
        var document = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "protocol.md"));
        var example = document[document.IndexOf("43 41 4d 53 05", StringComparison.Ordinal)..];
        var lines = example[..example.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(GoldenFrames.ReadFile("infer"), Convert.FromHexString(string.Concat(lines.Select(static line => line[..Math.Min(line.Length, 47)])).Replace(" ", "", StringComparison.Ordinal)));
    }

    /// <summary>The numbers are the contract's own; who adds one there adds it to the documentation.</summary>
    [Fact]
    public void Codes_and_datatypes_have_the_documented_numbers()
    {
        var document = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "protocol.md"));

        Assert.All(Enum.GetValues<StatusCode>(), code => Assert.Contains($"| {(int)code} | {code} |", document, StringComparison.Ordinal));
        Assert.Equal((11, 13, 14, 9), ((int)DataType.Float32, (int)DataType.Bytes, (int)DataType.BFloat16, (int)DataType.Int64));
    }
}

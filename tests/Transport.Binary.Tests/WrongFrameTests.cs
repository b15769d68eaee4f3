using System.Buffers.Binary;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Frames that cannot be answered: the connection ends with a go-away that says why.</summary>
public abstract class WrongFrameTests(BinaryTestServer server) : ServerTest(server)
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("G")]
    [InlineData("CAMX")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public async Task Another_protocol_is_told_so_from_its_first_bytes(string bytes)
    {
        using var connection = await Server.OpenAsync();

        await connection.SendAsync(bytes.Select(static letter => (byte)letter).ToArray());

        Assert.Contains("not of Camshaft's binary protocol", await connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_amid_a_conversation_ends_it()
    {
        await Connection.SendAsync(Frames.Ping(1));
        await Connection.SendAsync(Enumerable.Repeat((byte)0xa5, 200).ToArray());

        await Connection.ReceiveAsync(FrameKind.Pong);
        await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(0, 0)]
    [InlineData(65_535, 65_535)]
    public async Task A_client_of_other_versions_is_told_which_there_are(int lowest, int highest)
    {
        using var connection = await Server.OpenAsync();

        await connection.SendAsync(Frames.Hello() with { Own = new HelloHead(lowest, highest, 0, WireFeatures.None, 0, 0, 0) });

        Assert.Contains($"versions {lowest} to {highest} of the protocol; this server speaks 1", await connection.ReceiveGoAwayAsync(StatusCode.Unsupported), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_also_speaks_later_versions_gets_this_one()
    {
        using var connection = await Server.OpenAsync();

        await connection.SendAsync(Frames.Hello() with { Own = new HelloHead(0, 9, 0, (WireFeatures)0xff00, 0, 0, 0) });

        var hello = (HelloHead)(await connection.ReceiveAsync(FrameKind.Hello)).Own!;
        Assert.Equal((1, 1, WireFeatures.None), (hello.LowestVersion, hello.HighestVersion, hello.Features));
    }

    [Fact]
    public async Task What_comes_before_the_hello_ends_the_connection()
    {
        using var connection = await Server.OpenAsync();

        await connection.SendAsync(Frames.Open(1, "simple"));

        Assert.Contains("expected a hello", await connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_hello_ends_the_connection()
    {
        await Connection.SendAsync(Frames.Hello());

        await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument);
    }

    [Theory]
    [InlineData(FrameKind.Opened)]
    [InlineData(FrameKind.Result)]
    [InlineData(FrameKind.Part)]
    [InlineData(FrameKind.Error)]
    [InlineData(FrameKind.Done)]
    public async Task The_servers_own_frames_end_the_connection(FrameKind kind)
    {
        await Connection.SendAsync(new FrameImage(kind, 1) { Own = kind == FrameKind.Error ? new StatusHead(StatusCode.Internal, 0, 0) : null });

        Assert.Contains(kind.ToString(), await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_is_not_known_and_may_not_be_ignored_ends_the_connection()
    {
        var later = Frames.Ping(5).Write();
        later[4] = 200;

        await Connection.SendAsync(later);

        Assert.Contains("kind 200", await Connection.ReceiveGoAwayAsync(StatusCode.Unsupported), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 0x02L, "reserved")]
    [InlineData(8, 0x0cL, "length")]
    [InlineData(8, -8L, "length")]
    [InlineData(8, 1L << 41, "length")]
    [InlineData(16, 0L, "id")]
    [InlineData(24, -1L, "number")]
    public async Task A_head_that_is_wrong_ends_the_connection(int offset, long value, string reason)
    {
        var frame = Frames.Open(1, "simple").Write();
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(offset is 5 ? 0 : offset), offset is 5 ? BinaryPrimitives.ReadInt64LittleEndian(frame) | (value << 40) : value);

        await Connection.SendAsync(frame);

        Assert.Contains(reason, await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_without_tensors_is_not_read_beyond_what_there_is_room_for()
    {
        var frame = Frames.Ping(1).Write();
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), WireFormat.LongestPreface);

        await Connection.SendAsync(frame);

        await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_id_that_is_in_flight_twice_ends_the_connection(bool isOpen)
    {
        var handle = await Connection.OpenModelAsync("endless");
        var infer = Frames.Infer(2, handle, new float[] { 1 });
        await Connection.SendAsync(infer);

        await Connection.SendAsync(isOpen ? Frames.Open(2, "simple") : infer);

        Assert.Contains("The id 2 came twice", await Connection.ReceiveGoAwayAsync(StatusCode.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_may_be_used_again_after_its_answer()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        for (var i = 0; i < 50; i++)
        {
            await Connection.SendAsync(Frames.Infer(1, handle, new byte[] { (byte)i }));
            Assert.Equal([(byte)i], (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
        }
    }

    [Fact]
    public async Task A_field_of_a_ping_that_must_be_understood_and_is_not_ends_the_connection()
    {
        await Connection.SendAsync(Frames.Ping(1) with { Fields = [new FieldImage((FieldNumber)99, [], IsRequired: true)] });

        await Connection.ReceiveGoAwayAsync(StatusCode.Unsupported);
    }

    [Collection(ServerCollection.Name)]
    public sealed class OnKestrel(BinaryTestServer server) : WrongFrameTests(server);

    [Collection(EpollCollection.Name)]
    public sealed class OnEpoll(EpollTestServer server) : WrongFrameTests(server);
}

using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Transport.Binary.Tests.Pipes;

/// <summary>However a client's bytes are cut, they mean the same.</summary>
[Collection(ServerCollection.Name)]
public sealed class CutTests(BinaryTestServer server) : ServerTest(server)
{
    private static readonly byte[] Conversation =
    [
        .. Frames.Hello().Write(),
        .. Frames.Open(1, "simple").Write(),
        .. Infer().Write(),
        .. Frames.Ping(3).Write(),
    ];

    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(4096)]
    public async Task A_conversation_may_be_cut_at_any_byte(int blockByteSize)
    {
        for (var cut = 1; cut < Conversation.Length; cut++)
        {
            await using var connection = new PipeConnection(Server.Engine, Server.Clock, NullLogger.Instance, blockByteSize);
            await connection.SendAsync(Conversation.AsMemory(0, cut));
            await connection.SendAsync(Conversation.AsMemory(cut));
            await AssertAnsweredAsync(connection);
        }
    }

    [Fact]
    public async Task A_conversation_may_come_byte_by_byte()
    {
        await using var connection = new PipeConnection(Server.Engine, Server.Clock, NullLogger.Instance, 7);
        foreach (var value in Conversation)
        {
            await connection.SendAsync(new[] { value });
        }

        await AssertAnsweredAsync(connection);
    }

    [Fact]
    public async Task A_conversation_may_end_at_any_byte()
    {
        for (var end = 0; end < Conversation.Length; end++)
        {
            await using var connection = new PipeConnection(Server.Engine, Server.Clock, NullLogger.Instance, 100);
            await connection.SendAsync(Conversation.AsMemory(0, end));
        }
    }

    private static Wire.Tests.Support.FrameImage Infer() => Frames.Infer(
        2,
        0,
        0,
        Frames.Tensor(0, Enumerable.Range(0, 16).ToArray(), 1, 16),
        Frames.Tensor(1, Enumerable.Repeat(1, 16).ToArray(), 1, 16));

    private static async Task AssertAnsweredAsync(PipeConnection connection)
    {
        Assert.Equal(FrameKind.Hello, (await connection.ReceiveAsync())!.Kind);
        Assert.Equal(FrameKind.Opened, (await connection.ReceiveAsync())!.Kind);
        var answers = new[] { (await connection.ReceiveAsync())!, (await connection.ReceiveAsync())! };
        Assert.Single(answers, static frame => frame.Kind == FrameKind.Pong);
        var result = Assert.Single(answers, static frame => frame.Kind == FrameKind.Result);
        Assert.Equal(Enumerable.Range(1, 16).SelectMany(BitConverter.GetBytes), result.Data[0]);
        Assert.Equal(Enumerable.Range(-1, 16).SelectMany(BitConverter.GetBytes), result.Data[1]);
    }
}

using System.Buffers;
using Camshaft.Transport.Binary.Receiving;
using Camshaft.Transport.Binary.Sending;

namespace Camshaft.Transport.Binary.Tests.Epoll;

/// <summary>How a connection of our own loops reads and writes, beside what whole conversations show.</summary>
public sealed class LoopConnectionTests
{
    private const int Large = 5_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_read_that_waits_is_cancelled_and_the_next_one_reads()
    {
        await using var connection = await LoopConnection.OpenAsync();
        var reading = connection.Input.ReadAsync().AsTask();

        connection.Input.CancelPendingRead();

        Assert.True((await reading.WaitAsync(Patience)).IsCanceled);
        await connection.Client.SendAsync("abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), await connection.ReadAsync(3));
    }

    [Fact]
    public async Task A_read_ends_with_its_token()
    {
        await using var connection = await LoopConnection.OpenAsync();
        using var source = new CancellationTokenSource();
        var reading = connection.Input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_came_before_the_end_is_read_and_then_the_end()
    {
        await using var connection = await LoopConnection.OpenAsync();
        await connection.Client.SendAsync("abc"u8.ToArray());
        connection.Client.Dispose();

        Assert.Equal("abc"u8.ToArray(), await connection.ReadAsync(3));
        Assert.True((await connection.Input.ReadAsync().AsTask().WaitAsync(Patience)).IsCompleted);
    }

    [Fact]
    public async Task More_than_a_turn_is_read_whole()
    {
        await using var connection = await LoopConnection.OpenAsync();
        var data = CreateData();
        var sending = SendAsync(connection, data);

        Assert.Equal(data, await connection.ReadAsync(Large));
        await sending;
    }

    [Fact]
    public async Task Bytes_are_received_where_the_reader_wants_them()
    {
        await using var connection = await LoopConnection.OpenAsync();
        var input = (IDirectInput)connection.Input;
        var data = CreateData();
        var sending = SendAsync(connection, data);
        var received = new byte[Large];

        for (var filled = 0; filled < Large;)
        {
            Assert.False((await input.WaitAsync().AsTask().WaitAsync(Patience)).IsCompleted);
            filled += input.Receive(received.AsSpan(filled));
        }

        Assert.Equal(data, received);
        await sending;
    }

    [Fact]
    public async Task A_flush_ends_when_the_client_has_taken_enough_and_keeps_the_order()
    {
        await using var connection = await LoopConnection.OpenAsync();
        var borrowed = GC.AllocateArray<byte>(Large, pinned: true);
        CreateData().CopyTo(borrowed, 0);
        connection.Output.Write("head"u8);
        ((IBorrowingOutput)connection.Output).WriteBorrowed(borrowed);
        connection.Output.Write("tail"u8);

        var flushing = connection.Output.FlushAsync().AsTask();
        Assert.False(flushing.IsCompleted);
        byte[] expected = [.. "head"u8, .. borrowed, .. "tail"u8];
        var received = new byte[expected.Length];
        for (var filled = 0; filled < received.Length;)
        {
            filled += await connection.Client.ReceiveAsync(received.AsMemory(filled)).AsTask().WaitAsync(Patience);
        }

        Assert.False((await flushing.WaitAsync(Patience)).IsCompleted);
        Assert.Equal(expected, received);
    }

    [Fact]
    public async Task An_abort_ends_a_read_and_a_flush_that_wait()
    {
        await using var connection = await LoopConnection.OpenAsync();
        connection.Output.Write(CreateData());
        var flushing = connection.Output.FlushAsync().AsTask();
        var reading = connection.Input.ReadAsync().AsTask();

        connection.Server.Abort();

        Assert.True((await flushing.WaitAsync(Patience)).IsCompleted);
        Assert.True((await reading.WaitAsync(Patience)).IsCompleted);
    }

    private static async Task SendAsync(LoopConnection connection, byte[] data)
    {
        for (var sent = 0; sent < data.Length;)
        {
            sent += await connection.Client.SendAsync(data.AsMemory(sent));
        }
    }

    private static byte[] CreateData()
    {
        var data = new byte[Large];
        new Random(1).NextBytes(data);
        return data;
    }
}

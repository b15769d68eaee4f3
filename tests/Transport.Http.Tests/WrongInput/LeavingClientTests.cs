using System.Text;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>Clients that go in the middle of something. That nothing is held afterwards, the base class finds out.</summary>
[Collection(WrongInputCollection.Name)]
public sealed class LeavingClientTests(HttpServer server) : WrongInputTest(server)
{
    private const int ByteSize = 4_000_000;

    private static readonly byte[] Large = Post(
        InferPath(DataType.UInt8), $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","datatype":"UINT8","shape":[{{{ByteSize}}}],"parameters":{"binary_data_size":{{{ByteSize}}}}}]}""", new byte[ByteSize]);

    // Answers of some 20 letters an element.
    private static readonly byte[] LargeInJson = Post(
        InferPath(DataType.Int64), $$$"""{"inputs":[{"name":"x","datatype":"INT64","shape":[{{{ByteSize / 8}}}],"parameters":{"binary_data_size":{{{ByteSize}}}}}]}""", new byte[ByteSize].Select(static _ => (byte)0x91).ToArray());

    public static TheoryData<int> Places => [1, 20, 100, 200, 400, 70_000, ByteSize];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_close_anywhere_in_its_request(int place)
    {
        await Connection.SendAsync(Large.AsMemory(0, place));
        Connection.Dispose();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_reset_anywhere_in_its_request(int place)
    {
        await Connection.SendAsync(Large.AsMemory(0, place));
        Connection.Reset();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_end_its_side_anywhere_in_its_request(int place)
    {
        await Connection.SendAsync(Large.AsMemory(0, place));
        Connection.EndSending();
        await Connection.ReadToEndAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_may_reset_amid_its_answer(bool binary)
    {
        using var connection = await RawConnection.OpenAsync(Server.Port, receiveBufferByteSize: 4096);
        await connection.SendAsync(binary ? Large : LargeInJson);
        Assert.Equal("HTTP/1.1 200 OK", await connection.ReadLineAsync());

        connection.Reset();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_may_close_amid_its_answer(bool binary)
    {
        using var connection = await RawConnection.OpenAsync(Server.Port, receiveBufferByteSize: 4096);
        await connection.SendAsync(binary ? Large : LargeInJson);
        Assert.Equal("HTTP/1.1 200 OK", await connection.ReadLineAsync());
    }

    [Fact]
    public async Task A_client_may_reset_while_its_request_runs()
    {
        await Connection.SendAsync(Post(InferPath("endless"), """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"parameters":{"timeout":60000000}}"""));
        await Server.UntilMemoryIsHeldAsync();

        Connection.Reset();
    }

    [Fact]
    public async Task A_client_may_reset_with_requests_waiting_behind_the_first()
    {
        var request = Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"parameters":{"timeout":60000000}}""");
        for (var i = 0; i < 50; i++)
        {
            await Connection.SendAsync(Post(InferPath("endless"), request));
        }

        await Server.UntilMemoryIsHeldAsync();
        Connection.Reset();
    }
}

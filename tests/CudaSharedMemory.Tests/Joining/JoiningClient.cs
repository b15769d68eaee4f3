using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;

namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>
/// A client of <see cref="JoiningModel"/> with memory on a GPU: for each number a place for what it sends, and one for the answer. It uses its memory for something else
/// until it sends a number, and again as soon as the answer has come.
/// </summary>
internal sealed class JoiningClient : IAsyncDisposable
{
    // Neither a multiple of 256 nor of a row: an address that fits by chance helps nobody.
    private const int PlaceByteSize = 260;
    private const byte Other = 0xAB;

    private readonly GpuServer _server;
    private readonly CamshaftClient _client;
    private readonly byte[] _handle;
    private readonly int _numbers;
    private IInferenceModel? _model;
    private SharedRegion? _region;

    private JoiningClient(GpuServer server, int numbers, int ordinal)
    {
        (_server, _client, _numbers) = (server, server.CreateClient(), numbers);
        _handle = server.Peers.Export(CreateOther(2 * numbers), ordinal);
    }

    public static async Task<JoiningClient> ConnectAsync(GpuServer server, int numbers, string model = JoiningModel.Name, int ordinal = 0)
    {
        var client = new JoiningClient(server, numbers, ordinal);
        client._model = await client._client.OpenModelAsync(model);
        client._region = await client._client.RegisterCudaMemoryAsync(client._handle, ordinal, 2 * numbers * PlaceByteSize);
        return client;
    }

    /// <summary>Sends a number's rows, and reads the answer from where it is to be.</summary>
    public async Task<float[]> InferAsync(int number, OnDevice onDevice, int rows = 1, DataType dataType = DataType.Float32, bool isTransposed = false, CancellationToken cancellationToken = default)
    {
        long[] shape = isTransposed ? [JoiningModel.Columns, rows] : [rows, JoiningModel.Columns];
        var byteSize = rows * JoiningModel.RowByteSize;
        var numbers = MemoryMarshal.AsBytes(JoiningModel.Numbers(number, rows).AsSpan()).ToArray();
        var (inputOffset, outputOffset) = (number * PlaceByteSize, (_numbers + number) * PlaceByteSize);
        if (onDevice.HasFlag(OnDevice.Input))
        {
            _server.Peers.Write(_handle, numbers, inputOffset);
        }

        var input = onDevice.HasFlag(OnDevice.Input) ? InferenceInput.FromRegion("X", dataType, _region!.Slice(inputOffset, byteSize), shape) : InferenceInput.CreateRaw("X", dataType, numbers, shape);
        var options = onDevice.HasFlag(OnDevice.Output) ? new InferenceOptions { OutputRegions = [new OutputRegion("Y", _region!.Slice(outputOffset, byteSize))] } : null;
        using var result = await _model!.InferAsync([input], options, cancellationToken);
        Assert.Equal(shape, result["Y"].Shape.Dimensions.ToArray());
        var answer = options is null ? result["Y"].Bytes.ToArray() : ReadAnswer(number, rows);
        _server.Peers.Write(_handle, CreateOther(1), inputOffset);
        _server.Peers.Write(_handle, CreateOther(1), outputOffset);
        return MemoryMarshal.Cast<byte, float>(answer).ToArray();
    }

    /// <summary>Gives the memory back.</summary>
    /// <returns>When nobody uses it any more.</returns>
    public Task GiveMemoryBackAsync() => _region!.DisposeAsync().AsTask();

    /// <summary>Whether nothing has been written to an answer's place.</summary>
    public bool IsUntouched(int number) => !_server.Peers.Read(_handle).AsSpan((_numbers + number) * PlaceByteSize, PlaceByteSize).ContainsAnyExcept(Other);

    public async ValueTask DisposeAsync()
    {
        await _model!.DisposeAsync();
        await _client.DisposeAsync();
    }

    private static byte[] CreateOther(int places)
    {
        var other = new byte[places * PlaceByteSize];
        other.AsSpan().Fill(Other);
        return other;
    }

    private byte[] ReadAnswer(int number, int rows)
    {
        var place = _server.Peers.Read(_handle).AsSpan((_numbers + number) * PlaceByteSize, PlaceByteSize);
        Assert.Equal(-1, place[(rows * JoiningModel.RowByteSize)..].IndexOfAnyExcept(Other));
        return place[..(rows * JoiningModel.RowByteSize)].ToArray();
    }
}

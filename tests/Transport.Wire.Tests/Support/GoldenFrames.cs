using System.Text;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire.Tests.Support;

/// <summary>The frames of the folder <c>Golden</c>, as values. Each file says in its first line what it holds.</summary>
internal static class GoldenFrames
{
    private const string QueueFull = "Model 'digits' version 2: the queue is full; 1024 requests wait.";
    private const string OpenAgain = "Model 'digits' version 3 has another signature than version 2; open it again.";

    public static IReadOnlyDictionary<string, FrameImage> All { get; } = new Dictionary<string, FrameImage>
    {
        ["hello-client"] = new(FrameKind.Hello, 0)
        {
            Credit = WireFormat.UnboundedCredit,
            Own = new HelloHead(1, 1, 0, WireFeatures.Parts, 1 << 30, 0, 0),
            Fields = [Field(FieldNumber.ApiKey, "sixteen-letters!") with { IsRequired = true }, Field(FieldNumber.Agent, "example/1.0")],
        },
        ["hello-server"] = new(FrameKind.Hello, 0)
        {
            Credit = 64 << 20,
            Own = new HelloHead(1, 1, 130_000, WireFeatures.None, 1 << 30, 100, 1024),
            Fields = [Field(FieldNumber.Agent, "camshaft/0.1.0")],
        },
        ["open"] = new(FrameKind.Open, 1) { Own = new OpenHead(OpenHead.HighestReady, 0), Text = "digits" },
        ["opened"] = new(FrameKind.Opened, 1)
        {
            Own = new OpenedHead(3, 2, 1, 2),
            Signature =
            [
                new TensorSpec("image", DataType.UInt8, new Shape(-1, 28, 28)) { BatchAxis = 0 },
                new TensorSpec("größe", DataType.Float32, default) { IsOptional = true },
                new TensorSpec("scores", DataType.Float32, new Shape(-1, 10)) { BatchAxis = 0 },
            ],
        },
        ["close"] = new(FrameKind.Close, 2) { Own = new TargetHead(3) },
        ["infer"] = new(FrameKind.Infer, 2)
        {
            Own = new InferHead(0, 1, 0, 0, 0, 500_000),
            Tensors = [Tensor(0, DataType.Float32, 8, 2)],
            Data = [Bytes(1f, 2f)],
        },
        ["infer-fields"] = new(FrameKind.Infer, 0x0123456789abcdef)
        {
            Credit = 2048,
            Own = new InferHead(7, 3, 2, 0, 2, 0),
            Fields =
            [
                new FieldImage(FieldNumber.TraceParent, [0, .. Enumerable.Range(0x10, 24).Select(static value => (byte)value), 1]),
                Field(FieldNumber.TraceState, "vendor=value"),
                Field(FieldNumber.Tag, "tenant=blue"),
                Field(FieldNumber.Tag, "flags="),
            ],
            Tensors =
            [
                Tensor(0, DataType.UInt8, 3, 1, 3),
                Tensor(1, DataType.Bytes, 11, 2),
                Tensor(2, DataType.Float32, 0, 0, 4),
                new TensorEntry { Index = 1 },
                new TensorEntry { Index = 0 },
            ],
            Data = [[1, 2, 3], [2, 0, 0, 0, (byte)'a', (byte)'b', 1, 0, 0, 0, (byte)'c']],
        },
        ["infer-region"] = new(FrameKind.Infer, 9)
        {
            Own = new InferHead(1, 1, 1, 0, 0, 0),
            Tensors =
            [
                Tensor(0, DataType.Float32, 16, 1, 4) with { Place = TensorPlace.Region, Region = 5, Offset = 4096 },
                new TensorEntry { Index = 0, Place = TensorPlace.Region, ByteSize = 64, Region = 5, Offset = 8192 },
            ],
        },
        ["result"] = new(FrameKind.Result, 2)
        {
            Credit = 136,
            Own = new ResultHead(0, 2, 0, 2),
            Tensors = [Tensor(0, DataType.Float32, 12, 1, 3), Tensor(1, DataType.Int64, 8, 1)],
            Data = [Bytes(0.25f, 0.5f, 0.25f), BitConverter.GetBytes(1L)],
        },
        ["part"] = new(FrameKind.Part, 4)
        {
            Own = new ResultHead(2, 1, 0, 1),
            Tensors = [Tensor(0, DataType.Bytes, 9, 1)],
            Data = [[5, 0, 0, 0, .. "hello"u8]],
        },
        ["error"] = new(FrameKind.Error, 2)
        {
            Flags = FrameFlags.NotBegun,
            Credit = 136,
            Own = new StatusHead(StatusCode.Unavailable, 1_000_000, 0),
            Text = QueueFull,
        },
        ["error-open-again"] = new(FrameKind.Error, 5)
        {
            Flags = FrameFlags.NotBegun | FrameFlags.OpenAgain,
            Own = new StatusHead(StatusCode.Unavailable, 0, 0),
            Text = OpenAgain,
        },
        ["cancel"] = new(FrameKind.Cancel, 2),
        ["done"] = new(FrameKind.Done, 2),
        ["ping"] = new(FrameKind.Ping, 0xfeedfacecafebeef),
        ["pong"] = new(FrameKind.Pong, 0xfeedfacecafebeef),
        ["credit"] = new(FrameKind.Credit, 0) { Credit = 65_536 },
        ["go-away"] = new(FrameKind.GoAway, 0) { Own = new StatusHead(StatusCode.Ok, 30_000_000, 0), Text = "The server is stopping." },
        ["go-away-unauthenticated"] = new(FrameKind.GoAway, 0) { Own = new StatusHead(StatusCode.Unauthenticated, 0, 0), Text = "The API key is not known." },
        ["register-sealed"] = new(FrameKind.Register, 6) { Own = new RegisterHead(5, RegionKind.Sealed, 0, 1 << 20, 0) },
        ["register-named"] = new(FrameKind.Register, 7) { Own = new RegisterHead(6, RegionKind.Named, 8192, 4096, 0), Text = "/images" },
        ["register-cuda"] = new(FrameKind.Register, 9) { Own = new RegisterHead(7, RegionKind.Cuda, 1 << 20, 602_112, 0) { Ordinal = 1 }, Handle = [.. Enumerable.Range(0xC0, 64).Select(static value => (byte)value)] },
        ["unregister"] = new(FrameKind.Unregister, 8) { Own = new TargetHead(5) },
    };

    public static IEnumerable<string> FileNames =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.hex").Select(static path => Path.GetFileNameWithoutExtension(path)!);

    public static byte[] ReadFile(string name)
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".hex")).Where(static line => !line.StartsWith('#'));
        return Convert.FromHexString(string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
    }

    private static FieldImage Field(FieldNumber number, string value) => new(number, Encoding.UTF8.GetBytes(value));

    private static TensorEntry Tensor(int index, DataType dataType, long byteSize, params long[] shape) =>
        new() { Index = index, DataType = dataType, Shape = new Shape(shape), ByteSize = byteSize };

    private static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}

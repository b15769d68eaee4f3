using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.CommandLine.Tensors;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine;

/// <summary><c>camshaft infer</c>: one request to a running server, for a quick try.</summary>
internal sealed class InferCommand : DocumentedCommand
{
    private const int ShownElements = 16;

    private readonly Argument<string> _model = new("MODEL") { Description = "The model's name." };
    private readonly Option<long?> _version = new("--version") { HelpName = "NUMBER", Description = "One version. [default: the highest that is ready]" };
    private readonly Option<string[]> _inputs = new("--input", "-i") { HelpName = "NAME=VALUE", Description = "An input: NAME=@FILE.npy, NAME=@FILE.json, or NAME=LITERAL, a number, text or a JSON array; may be repeated.", Required = true };
    private readonly Option<string[]> _save = new("--save", "-s") { HelpName = "NAME=FILE", Description = "Writes an output to a file, .npy or .json; may be repeated." };
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public InferCommand()
        : base(
            "infer",
            "Runs a model of a running server once.",
            "camshaft infer simple_string --input 'INPUT0=[\"1\",\"2\",…]' --input 'INPUT1=[\"1\",\"1\",…]'",
            "camshaft infer identity_fp32 --input INPUT0=[1,2.5,3] --output json",
            "camshaft infer resnet50 --input gpu_0/data_0=@dog.npy --save gpu_0/softmax_1=scores.npy")
    {
        Add(_model);
        Add(_version);
        Add(_inputs);
        Add(_save);
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var path = ServerClient.ModelPath(result.GetValue(_model)!, result.GetValue(_version));
        var metadata = await server.GetAsync(path, cancellationToken).ConfigureAwait(false);
        var signature = metadata["inputs"]!.AsArray().ToDictionary(
            static input => (string)input!["name"]!,
            static input => (ParseDataType((string)input!["datatype"]!), input["shape"]!.AsArray().Select(static length => (long)length!).ToArray()),
            StringComparer.Ordinal);
        var inputs = result.GetValue(_inputs)!.Select(text => InputArgument.Read(text, signature)).ToList();

        var (body, jsonByteSize) = WriteRequest(inputs);
        var started = Stopwatch.GetTimestamp();
        var (json, binary) = await server.InferAsync($"{path}/infer", body, jsonByteSize, cancellationToken).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var outputs = ReadOutputs(json, binary);
        foreach (var target in result.GetValue(_save) ?? [])
        {
            Save(target, outputs);
        }

        Write(result.InvocationConfiguration.Output, _output.IsJson(result), json, outputs, elapsed);
        return CamshaftCommand.Success;
    }

    private static (byte[] Body, int JsonByteSize) WriteRequest(List<TensorValue> inputs)
    {
        var head = new JsonObject
        {
            ["inputs"] = new JsonArray([.. inputs.Select(static input => new JsonObject
            {
                ["name"] = input.Name,
                ["datatype"] = input.DataType.Name,
                ["shape"] = new JsonArray([.. input.Shape.Select(static length => (JsonNode)length)]),
                ["parameters"] = new JsonObject { ["binary_data_size"] = input.Data.Length },
            })]),
            ["parameters"] = new JsonObject { ["binary_data_output"] = true },
        };
        var json = Encoding.UTF8.GetBytes(head.ToJsonString());
        var body = new MemoryStream();
        body.Write(json);
        inputs.ForEach(input => body.Write(input.Data.Span));
        return (body.ToArray(), json.Length);
    }

    private static List<TensorValue> ReadOutputs(JsonNode json, ReadOnlyMemory<byte> binary)
    {
        var outputs = new List<TensorValue>();
        foreach (var output in json["outputs"]!.AsArray())
        {
            var byteSize = (int?)output!["parameters"]?["binary_data_size"] ?? 0;
            outputs.Add(new TensorValue(
                (string)output["name"]!,
                ParseDataType((string)output["datatype"]!),
                [.. output["shape"]!.AsArray().Select(static length => (long)length!)],
                binary[..byteSize]));
            binary = binary[byteSize..];
        }

        return outputs;
    }

    private static void Save(string target, List<TensorValue> outputs)
    {
        if (target.Split('=', 2) is not [var name, { Length: > 0 } file])
        {
            throw new CommandException($"'{target}' says not what to save where; expected NAME=FILE.npy or NAME=FILE.json.", CamshaftCommand.UsageError);
        }

        var output = outputs.Find(output => output.Name == name)
            ?? throw new CommandException($"The model has no output '{name}'; expected {string.Join(", ", outputs.Select(static known => $"'{known.Name}'"))}.");
        var isNpy = Path.GetExtension(file).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        try
        {
            File.WriteAllBytes(file, isNpy ? NpyFile.Write(output) : Encoding.UTF8.GetBytes(Describe(output).ToJsonString(CommandJson.Options)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Output '{name}' cannot be saved: {exception.Message}", innerException: exception);
        }
    }

    private static void Write(TextWriter writer, bool asJson, JsonNode answer, List<TensorValue> outputs, TimeSpan elapsed)
    {
        if (asJson)
        {
            answer["outputs"] = new JsonArray([.. outputs.Select(Describe)]);
            writer.WriteLine(answer.ToJsonString(CommandJson.Options));
            return;
        }

        var table = new Table("OUTPUT", "DATATYPE", "SHAPE", "VALUES");
        foreach (var output in outputs)
        {
            var elements = ElementEncoding.Decode(output);
            var shown = string.Join(", ", elements.Take(ShownElements).Select(static element => element!.ToJsonString()));
            table.Add(output.Name, output.DataType.Name, $"[{string.Join(',', output.Shape)}]", elements.Count > ShownElements ? $"{shown}, … ({elements.Count} in all)" : shown);
        }

        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer["model_name"]} version {answer["model_version"]} answered in {elapsed.TotalMilliseconds:F1} ms."));
    }

    private static JsonObject Describe(TensorValue output) => new()
    {
        ["name"] = output.Name,
        ["datatype"] = output.DataType.Name,
        ["shape"] = new JsonArray([.. output.Shape.Select(static length => (JsonNode)length)]),
        ["data"] = ElementEncoding.Decode(output),
    };

    private static DataType ParseDataType(string name) =>
        DataTypes.TryParse(name.AsSpan(), out var dataType) ? dataType : throw new CommandException($"The server names the datatype '{name}', which is not known here.");
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>Makes a request from a seed: a right one, spoilt in none to a few ways. The same seed makes the same request.</summary>
internal sealed class FuzzGenerator(int seed, IReadOnlyList<ModelVersion> models)
{
    private static readonly string[] WrongLengths = ["-1", "", "1e2", "99999999999999999999", "many", "9223372036854775807"];
    private static readonly string[] Texts = ["", "a", "é", "\\n", "\\ud83d\\ude00", "long enough to be cut", "\\u0000"];

    private readonly Random _random = new(seed);
    private readonly List<byte> _tail = [];

    public FuzzCase Create()
    {
        var model = models[_random.Next(models.Count)];
        if (_random.Next(20) == 0)
        {
            return Finish(model, CreateTensor(DataType.UInt8, _random.Next(20)), "0");
        }

        var request = CreateRequest(model.Signature!);
        var mutator = new FuzzMutator(_random);
        var mutations = Math.Max(0, _random.Next(6) - 2);
        for (var i = 0; i < mutations; i++)
        {
            mutator.Mutate(request);
        }

        var text = new StringBuilder();
        request.Write(text, _random);
        var json = Encoding.UTF8.GetBytes(text.ToString());
        json = _random.Next(8) == 0 ? mutator.MutateBytes(json) : json;
        var tail = _random.Next(12) == 0 ? mutator.MutateBytes([.. _tail]) : [.. _tail];
        var hasHeader = tail.Length > 0 || _random.Next(3) == 0;
        return Finish(model, [.. json, .. tail], hasHeader ? CreateHeaderLength(json.Length) : null);
    }

    private FuzzCase Finish(ModelVersion model, byte[] body, string? headerLength)
    {
        var largest = _random.Next(4) switch { 0 => 1, 1 => 7, 2 => 100, _ => 4000 };
        var pieces = Enumerable.Range(0, _random.Next(3) == 0 ? 0 : 400 / largest + 2).Select(_ => _random.Next(1, largest + 1)).ToList();
        return new FuzzCase(model, body, headerLength, _random.Next(3) > 0, pieces, _random.Next(2) == 0, _random.Next(20) == 0 ? _random.Next(pieces.Count + 1) : null);
    }

    private string CreateHeaderLength(int length) => _random.Next(30) switch
    {
        0 => Invariant(length + 1),
        1 => Invariant(Math.Max(0, length - 1)),
        2 => Invariant(_random.Next(length * 2)),
        3 => WrongLengths[_random.Next(WrongLengths.Length)],
        _ => Invariant(length),
    };

    private FuzzNode CreateRequest(ModelSignature signature)
    {
        var request = FuzzNode.Object();
        Maybe(4, () => request.Members!.Add(("id", FuzzNode.Text("7"))));
        Maybe(4, () => request.Members!.Add(("parameters", CreateParameters())));
        request.Members!.Add(("inputs", FuzzNode.Array(signature.Inputs.Select(CreateInput).ToList())));
        Maybe(2, () => request.Members!.Add(("outputs", FuzzNode.Array(signature.Outputs.Where(_ => _random.Next(3) > 0).Select(CreateOutput).ToList()))));
        return request;
    }

    private FuzzNode CreateParameters()
    {
        var parameters = FuzzNode.Object();
        Maybe(2, () => parameters.Members!.Add(("binary_data_output", FuzzNode.Of(_random.Next(2) == 0 ? "true" : "false"))));
        Maybe(3, () => parameters.Members!.Add(("priority", FuzzNode.Of(_random.Next(5)))));
        Maybe(3, () => parameters.Members!.Add(("sequence_id", FuzzNode.Of(_random.Next(2) == 0 ? "0" : "\"\""))));
        Maybe(3, () => parameters.Members!.Add(("note", FuzzNode.Text("n"))));
        return parameters;
    }

    private FuzzNode CreateInput(TensorSpec spec)
    {
        var shape = spec.Shape.Dimensions.ToArray().Select(length => length == Shape.Variable ? _random.Next(4) : length).ToArray();
        var count = (int)shape.Aggregate(1L, static (product, length) => product * length);
        var input = FuzzNode.Object(("name", FuzzNode.Text(spec.Name)), ("datatype", FuzzNode.Text(spec.DataType.Name)), ("shape", FuzzNode.Array(shape.Select(FuzzNode.Of))));
        if (_random.Next(2) == 0 || spec.DataType is DataType.Float16 or DataType.BFloat16)
        {
            var bytes = CreateTensor(spec.DataType, count);
            _tail.AddRange(bytes);
            input.Members!.Add(("parameters", FuzzNode.Object(("binary_data_size", FuzzNode.Of(bytes.Length)))));
        }
        else
        {
            input.Members!.Add(("data", Nest(Enumerable.Range(0, count).Select(_ => CreateElement(spec.DataType)).ToList())));
        }

        return input;
    }

    private FuzzNode CreateOutput(TensorSpec spec)
    {
        var output = FuzzNode.Object(("name", FuzzNode.Text(spec.Name)));
        Maybe(2, () => output.Members!.Add(("parameters", FuzzNode.Object(("binary_data", FuzzNode.Of(_random.Next(3) == 0 ? "false" : "true"))))));
        return output;
    }

    private FuzzNode Nest(List<FuzzNode> elements)
    {
        var data = FuzzNode.Array(elements);
        Maybe(3, () => data = FuzzNode.Array(elements.Chunk(_random.Next(1, 4)).Select(FuzzNode.Array).ToList()));
        return data;
    }

    private FuzzNode CreateElement(DataType dataType) => dataType switch
    {
        DataType.Bool => FuzzNode.Of(_random.Next(2) == 0 ? "true" : "false"),
        DataType.Bytes => FuzzNode.Text(Texts[_random.Next(Texts.Length)]),
        DataType.Float32 or DataType.Float64 => FuzzNode.Of((_random.NextDouble() * Math.Pow(10, _random.Next(-40, 39))).ToString(_random.Next(2) == 0 ? "R" : "E5", CultureInfo.InvariantCulture)),
        _ => FuzzNode.Of(_random.Next(128)),
    };

    private byte[] CreateTensor(DataType dataType, int count)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            var element = new byte[dataType.HasFixedSize ? dataType.ByteSize : 4 + _random.Next(4)];
            _random.NextBytes(element);
            if (dataType == DataType.Bytes)
            {
                BinaryPrimitives.WriteInt32LittleEndian(element, element.Length - 4);
            }
            else if (dataType == DataType.Bool)
            {
                element[0] &= 1;
            }

            bytes.AddRange(element);
        }

        return [.. bytes];
    }

    private void Maybe(int oneIn, Action action)
    {
        if (_random.Next(oneIn) == 0)
        {
            action();
        }
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}

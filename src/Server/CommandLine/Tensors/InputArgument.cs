using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Server.CommandLine.Tensors;

/// <summary>Turns <c>name=@file.npy</c>, <c>name=@file.json</c> and <c>name=literal</c> into a tensor for an input of a model.</summary>
internal static class InputArgument
{
    /// <summary>Reads one.</summary>
    /// <param name="text">What stands at the command line.</param>
    /// <param name="inputs">The model's inputs: datatype and shape by name, -1 = any length.</param>
    /// <exception cref="CommandException">It cannot be one of them.</exception>
    public static TensorValue Read(string text, IReadOnlyDictionary<string, (DataType DataType, long[] Shape)> inputs)
    {
        if (text.IndexOf('=') is var separator && separator < 1)
        {
            throw new CommandException($"'{text}' is no input; expected NAME=@FILE.npy, NAME=@FILE.json or NAME=LITERAL.", CamshaftCommand.UsageError);
        }

        var name = text[..separator];
        var value = text[(separator + 1)..];
        if (!inputs.TryGetValue(name, out var input))
        {
            throw new CommandException($"The model has no input '{name}'; expected {string.Join(", ", inputs.Keys.Select(static known => $"'{known}'"))}.");
        }

        if (!value.StartsWith('@'))
        {
            return ReadJson(name, input.DataType, input.Shape, value, mayBeText: true);
        }

        var path = value[1..];
        try
        {
            if (Path.GetExtension(path).ToUpperInvariant() is not ".NPY")
            {
                return ReadJson(name, input.DataType, input.Shape, File.ReadAllText(path), mayBeText: false);
            }

            var tensor = NpyFile.Read(name, path, File.ReadAllBytes(path));
            return tensor with { Shape = FitShape(name, tensor.Shape, tensor.Shape.Aggregate(1L, static (product, length) => product * length), input.Shape) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Input '{name}': {exception.Message}", innerException: exception);
        }
    }

    private static TensorValue ReadJson(string name, DataType dataType, long[] expected, string json, bool mayBeText)
    {
        var shape = new List<long>();
        var data = new MemoryStream();
        long count = 0;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            for (var level = root; level.ValueKind == JsonValueKind.Array && level.GetArrayLength() > 0; level = level[0])
            {
                shape.Add(level.GetArrayLength());
            }

            Append(root, 0);
        }
        catch (JsonException) when (mayBeText && dataType == DataType.Bytes)
        {
            data.Write(ElementEncoding.Encode(dataType, JsonSerializer.SerializeToElement(json)));
            count = 1;
        }
        catch (JsonException exception)
        {
            throw new CommandException($"Input '{name}' is not JSON: {exception.Message}", innerException: exception);
        }

        return new TensorValue(name, dataType, FitShape(name, shape, count, expected), data.ToArray());

        void Append(JsonElement element, int depth)
        {
            if (element.ValueKind != JsonValueKind.Array)
            {
                data.Write(Encode(element));
                count++;
                return;
            }

            if (depth < shape.Count && element.GetArrayLength() != shape[depth])
            {
                throw new CommandException($"Input '{name}' is not rectangular: an array has {element.GetArrayLength()} elements where the first of its level has {shape[depth]}.");
            }

            foreach (var inner in element.EnumerateArray())
            {
                Append(inner, depth + 1);
            }
        }

        byte[] Encode(JsonElement element)
        {
            try
            {
                return ElementEncoding.Encode(dataType, element);
            }
            catch (FormatException)
            {
                throw new CommandException($"Input '{name}' has the element {element.GetRawText()}; expected {dataType.Name}.");
            }
        }
    }

    /// <summary>
    /// The shape to send: as it was given where it has the model's rank, else the model's own with its variable dimensions
    /// filled in, all but the last with 1.
    /// </summary>
    private static IReadOnlyList<long> FitShape(string name, IReadOnlyList<long> given, long count, long[] expected)
    {
        if (given.Count == expected.Length)
        {
            return given;
        }

        var shape = expected.Select(static length => length < 0 ? 1 : length).ToArray();
        var last = Array.FindLastIndex(expected, static length => length < 0);
        var known = shape.Aggregate(1L, static (product, length) => product * length);
        if (last >= 0 && known > 0 && count % known == 0)
        {
            shape[last] = count / known;
            known = count;
        }

        return known == count
            ? shape
            : throw new CommandException($"Input '{name}' has {count} elements in the shape [{string.Join(',', given)}]; expected the shape [{string.Join(',', expected)}].");
    }
}

using System.Buffers;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Pass one over the JSON part of a request: checks that it is JSON and of the right form, and fills an
/// <see cref="InferHead"/>. Members may come in any order; what is not known is skipped, as clients send extras.
/// </summary>
internal ref struct InferHeadReader(ReadOnlySequence<byte> json, InferHead head)
{
    private Utf8JsonReader _reader = new(json, isFinalBlock: true, new JsonReaderState(JsonText.ReaderOptions));

    [Flags]
    private enum Seen
    {
        None = 0,
        Id = 1,
        Parameters = 2,
        Inputs = 4,
        Outputs = 8,
        Name = 16,
        Shape = 32,
        DataType = 64,
        Data = 128,
    }

    /// <exception cref="InvalidRequestException">The JSON has not the form of a request.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public void Read()
    {
        _reader.Read();
        Expect(JsonTokenType.StartObject, "The request", "an object");
        var seen = Seen.None;
        while (NextMember())
        {
            if (_reader.ValueTextEquals("id"u8))
            {
                Mark(ref seen, Seen.Id, "id");
                Expect(JsonTokenType.String, "'id'", "a string");
                head.Id = JsonText.Copy(ref _reader, head);
            }
            else if (_reader.ValueTextEquals("parameters"u8))
            {
                Mark(ref seen, Seen.Parameters, "parameters");
                ReadParameters();
            }
            else if (_reader.ValueTextEquals("inputs"u8))
            {
                Mark(ref seen, Seen.Inputs, "inputs");
                head.HasInputs = true;
                Expect(JsonTokenType.StartArray, "'inputs'", "an array");
                while (NextElement("'inputs'"))
                {
                    ReadInput(ref head.AddInput());
                }
            }
            else if (_reader.ValueTextEquals("outputs"u8))
            {
                Mark(ref seen, Seen.Outputs, "outputs");
                Expect(JsonTokenType.StartArray, "'outputs'", "an array");
                while (NextElement("'outputs'"))
                {
                    ReadOutput(ref head.AddOutput());
                }
            }
            else
            {
                SkipMember();
            }
        }

        // What follows the object must be white space.
        _reader.Read();
        if (!head.HasInputs)
        {
            throw new InvalidRequestException("The request has no 'inputs'.");
        }
    }

    private void ReadInput(ref InputHead input)
    {
        var seen = Seen.None;
        while (NextMember())
        {
            if (_reader.ValueTextEquals("name"u8))
            {
                Mark(ref seen, Seen.Name, "name");
                Expect(JsonTokenType.String, "An input's 'name'", "a string");
                input.Name = JsonText.Copy(ref _reader, head);
            }
            else if (_reader.ValueTextEquals("datatype"u8))
            {
                Mark(ref seen, Seen.DataType, "datatype");
                input.DataType = ReadDataType(input.Name);
            }
            else if (_reader.ValueTextEquals("shape"u8))
            {
                Mark(ref seen, Seen.Shape, "shape");
                input.Shape = ReadShape(input.Name);
                input.HasShape = true;
            }
            else if (_reader.ValueTextEquals("data"u8))
            {
                Mark(ref seen, Seen.Data, "data");
                Expect(JsonTokenType.StartArray, "An input's 'data'", "an array");
                input.DataStart = _reader.TokenStartIndex;
                _reader.Skip();
            }
            else if (_reader.ValueTextEquals("parameters"u8))
            {
                Mark(ref seen, Seen.Parameters, "parameters");
                ReadInputParameters(ref input);
            }
            else
            {
                SkipMember();
            }
        }

        Require(seen, Seen.Name, "An input has no 'name'.");
        Require(seen, Seen.DataType, "has no 'datatype'.", input.Name);
        Require(seen, Seen.Shape, "has no 'shape'.", input.Name);
        if (input.DataStart < 0 == input.BinaryByteSize < 0)
        {
            throw new InvalidRequestException($"Input '{head.Describe(input.Name)}' needs either 'data' or the parameter 'binary_data_size'; it has {(input.DataStart < 0 ? "neither" : "both")}.");
        }
    }

    private void ReadInputParameters(ref InputHead input)
    {
        Expect(JsonTokenType.StartObject, "An input's 'parameters'", "an object");
        while (NextMember())
        {
            if (_reader.ValueTextEquals("binary_data_size"u8))
            {
                _reader.Read();
                if (input.BinaryByteSize >= 0 || _reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out input.BinaryByteSize) || input.BinaryByteSize < 0)
                {
                    throw new InvalidRequestException($"The parameter 'binary_data_size' is {JsonText.Describe(ref _reader)}; expected one number of bytes.");
                }
            }
            else
            {
                RefuseSharedMemory();
                SkipMember();
            }
        }
    }

    private void ReadOutput(ref OutputHead output)
    {
        var seen = Seen.None;
        while (NextMember())
        {
            if (_reader.ValueTextEquals("name"u8))
            {
                Mark(ref seen, Seen.Name, "name");
                Expect(JsonTokenType.String, "An output's 'name'", "a string");
                output.Name = JsonText.Copy(ref _reader, head);
            }
            else if (_reader.ValueTextEquals("parameters"u8))
            {
                Mark(ref seen, Seen.Parameters, "parameters");
                ReadOutputParameters(ref output);
            }
            else
            {
                SkipMember();
            }
        }

        Require(seen, Seen.Name, "An output has no 'name'.");
    }

    private void ReadOutputParameters(ref OutputHead output)
    {
        Expect(JsonTokenType.StartObject, "An output's 'parameters'", "an object");
        while (NextMember())
        {
            if (_reader.ValueTextEquals("binary_data"u8))
            {
                output.IsBinary = ReadBoolean("binary_data");
            }
            else if (_reader.ValueTextEquals("classification"u8))
            {
                throw Unsupported("classification");
            }
            else
            {
                RefuseSharedMemory();
                SkipMember();
            }
        }
    }

    private void ReadParameters()
    {
        Expect(JsonTokenType.StartObject, "'parameters'", "an object");
        while (NextMember())
        {
            if (_reader.ValueTextEquals("binary_data_output"u8))
            {
                head.BinaryOutput = ReadBoolean("binary_data_output");
            }
            else if (_reader.ValueTextEquals("priority"u8))
            {
                head.Priority = ReadUnsigned("priority");
            }
            else if (_reader.ValueTextEquals("timeout"u8))
            {
                head.TimeoutMicroseconds = ReadUnsigned("timeout");
            }
            else if (_reader.ValueTextEquals("sequence_id"u8))
            {
                RefuseSequence();
            }
            else
            {
                SkipCustomParameter();
            }
        }
    }

    private void SkipCustomParameter()
    {
        _reader.Read();
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null)
        {
            throw new InvalidRequestException($"A request parameter is {JsonText.Describe(ref _reader)}; expected a string, a number, true or false.");
        }
    }

    private void RefuseSequence()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Number ? !_reader.TryGetUInt64(out var id) || id != 0 : !_reader.ValueTextEquals(""u8))
        {
            throw Unsupported("sequence_id");
        }
    }

    private readonly void RefuseSharedMemory()
    {
        if (_reader.ValueTextEquals("shared_memory_region"u8))
        {
            throw Unsupported("shared_memory_region");
        }
    }

    private DataType ReadDataType(TextRange input)
    {
        Expect(JsonTokenType.String, "An input's 'datatype'", "a string");
        Span<byte> name = stackalloc byte[16];
        return JsonText.GetRawLength(ref _reader) <= name.Length && DataTypes.TryParse(name[..JsonText.Copy(ref _reader, name)], out var dataType)
            ? dataType
            : throw new InvalidRequestException($"{Subject(input)} has the unknown datatype {JsonText.Describe(ref _reader)}; expected one of {string.Join(", ", DataTypes.All.Select(static known => known.Name))}.");
    }

    private Shape ReadShape(TextRange input)
    {
        Expect(JsonTokenType.StartArray, "An input's 'shape'", "an array");
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        var rank = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out var length) || length < 0)
            {
                throw new InvalidRequestException($"{Subject(input)} has a dimension {JsonText.Describe(ref _reader)}; expected a whole number of 0 or more.");
            }

            if (rank == dimensions.Length)
            {
                throw new InvalidRequestException($"{Subject(input)} has more than {Shape.MaxRank} dimensions.");
            }

            dimensions[rank++] = length;
        }

        return new Shape(dimensions[..rank]);
    }

    // The name may come after the member that is wrong.
    private readonly string Subject(TextRange input) => input.Length > 0 ? $"Input '{head.Describe(input)}'" : "An input";

    private bool ReadBoolean(string name)
    {
        _reader.Read();
        return _reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new InvalidRequestException($"The parameter '{name}' is {JsonText.Describe(ref _reader)}; expected true or false."),
        };
    }

    private ulong ReadUnsigned(string name)
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetUInt64(out var value)
            ? value
            : throw new InvalidRequestException($"The parameter '{name}' is {JsonText.Describe(ref _reader)}; expected a whole number of 0 or more.");
    }

    /// <summary>Moves to the next member's name; false at the object's end.</summary>
    private bool NextMember() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next object of an array; false at the array's end.</summary>
    private bool NextElement(string array)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return _reader.TokenType == JsonTokenType.StartObject
            ? true
            : throw new InvalidRequestException($"An element of {array} is {JsonText.Describe(ref _reader)}; expected an object.");
    }

    private void SkipMember()
    {
        _reader.Read();
        _reader.Skip();
    }

    /// <summary>Moves from a member's name to its value, or checks the token at hand when it is no name.</summary>
    private void Expect(JsonTokenType type, string what, string expected)
    {
        if (_reader.TokenType == JsonTokenType.PropertyName)
        {
            _reader.Read();
        }

        if (_reader.TokenType != type)
        {
            throw new InvalidRequestException($"{what} is {JsonText.Describe(ref _reader)}; expected {expected}.");
        }
    }

    private readonly void Require(Seen seen, Seen flag, string message, TextRange name = default)
    {
        if ((seen & flag) == 0)
        {
            throw new InvalidRequestException(name.Length > 0 ? $"Input '{head.Describe(name)}' {message}" : message);
        }
    }

    private static void Mark(ref Seen seen, Seen flag, string name)
    {
        if ((seen & flag) != 0)
        {
            throw new InvalidRequestException($"The member '{name}' is given twice in one object.");
        }

        seen |= flag;
    }

    private static InvalidRequestException Unsupported(string parameter) =>
        new(new InferenceStatus(StatusCode.Unsupported, $"The parameter '{parameter}' is not supported by this server."));
}

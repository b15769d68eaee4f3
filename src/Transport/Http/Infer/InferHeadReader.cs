using System.Buffers;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Routing;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Pass one over the JSON part of a request: checks that it is JSON and of the right form, and fills an
/// <see cref="InferHead"/>. Members may come in any order; what is not known is skipped, as clients send extras.
/// </summary>
internal ref struct InferHeadReader(ReadOnlySequence<byte> json, InferHead head, int depthLimit)
{
    private JsonCursor _json = new(json, depthLimit);

    /// <exception cref="InvalidRequestException">The JSON has not the form of a request.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public void Read()
    {
        _json.Expect(JsonTokenType.StartObject, "The request", "an object");
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("id"u8))
            {
                members.Add(Member.Id, "id");
                head.Id = _json.ReadText("'id'", head);
            }
            else if (_json.IsNamed("parameters"u8))
            {
                members.Add(Member.Parameters, "parameters");
                ReadParameters();
            }
            else if (_json.IsNamed("inputs"u8))
            {
                members.Add(Member.Inputs, "inputs");
                head.HasInputs = true;
                _json.Expect(JsonTokenType.StartArray, "'inputs'", "an array");
                while (_json.NextElement("'inputs'"))
                {
                    ReadInput(ref head.AddInput());
                }
            }
            else if (_json.IsNamed("outputs"u8))
            {
                members.Add(Member.Outputs, "outputs");
                _json.Expect(JsonTokenType.StartArray, "'outputs'", "an array");
                while (_json.NextElement("'outputs'"))
                {
                    ReadOutput(ref head.AddOutput());
                }
            }
            else
            {
                members.AddUnknown(ref _json);
                _json.SkipMember();
            }
        }

        // What follows the object must be white space.
        _json.Reader.Read();
        if (!head.HasInputs)
        {
            throw new InvalidRequestException("The request has no 'inputs'.");
        }
    }

    private void ReadInput(ref InputHead input)
    {
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("name"u8))
            {
                members.Add(Member.Name, "name");
                input.Name = _json.ReadText("An input's 'name'", head);
            }
            else if (_json.IsNamed("datatype"u8))
            {
                members.Add(Member.DataType, "datatype");
                input.DataType = ReadDataType(input.Name);
            }
            else if (_json.IsNamed("shape"u8))
            {
                members.Add(Member.Shape, "shape");
                input.Shape = ReadShape(input.Name);
                input.HasShape = true;
            }
            else if (_json.IsNamed("data"u8))
            {
                members.Add(Member.Data, "data");
                _json.Expect(JsonTokenType.StartArray, "An input's 'data'", "an array");
                input.DataStart = _json.Reader.TokenStartIndex;
                _json.Reader.Skip();
            }
            else if (_json.IsNamed("parameters"u8))
            {
                members.Add(Member.Parameters, "parameters");
                ReadInputParameters(ref input);
            }
            else
            {
                members.AddUnknown(ref _json);
                _json.SkipMember();
            }
        }

        Require(members, Member.Name, "An input has no 'name'.");
        Require(members, Member.DataType, "has no 'datatype'.", input.Name);
        Require(members, Member.Shape, "has no 'shape'.", input.Name);
        if (input.DataStart < 0 == input.BinaryByteSize < 0)
        {
            throw new InvalidRequestException($"Input '{head.Describe(input.Name)}' needs either 'data' or the parameter 'binary_data_size'; it has {(input.DataStart < 0 ? "neither" : "both")}.");
        }
    }

    private void ReadInputParameters(ref InputHead input)
    {
        _json.Expect(JsonTokenType.StartObject, "An input's 'parameters'", "an object");
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("binary_data_size"u8))
            {
                members.Add(Member.BinaryDataSize, "binary_data_size");
                _json.Reader.Read();
                if (_json.Reader.TokenType != JsonTokenType.Number || !_json.Reader.TryGetInt64(out input.BinaryByteSize) || input.BinaryByteSize < 0)
                {
                    throw new InvalidRequestException($"The parameter 'binary_data_size' is {JsonText.Describe(ref _json.Reader)}; expected a number of bytes.");
                }
            }
            else
            {
                RefuseSharedMemory();
                members.AddUnknown(ref _json);
                _json.SkipMember();
            }
        }
    }

    private void ReadOutput(ref OutputHead output)
    {
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("name"u8))
            {
                members.Add(Member.Name, "name");
                output.Name = _json.ReadText("An output's 'name'", head);
            }
            else if (_json.IsNamed("parameters"u8))
            {
                members.Add(Member.Parameters, "parameters");
                ReadOutputParameters(ref output);
            }
            else
            {
                members.AddUnknown(ref _json);
                _json.SkipMember();
            }
        }

        Require(members, Member.Name, "An output has no 'name'.");
    }

    private void ReadOutputParameters(ref OutputHead output)
    {
        _json.Expect(JsonTokenType.StartObject, "An output's 'parameters'", "an object");
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("binary_data"u8))
            {
                members.Add(Member.BinaryData, "binary_data");
                output.IsBinary = _json.ReadBoolean("binary_data");
            }
            else if (_json.IsNamed("classification"u8))
            {
                throw JsonCursor.Unsupported("classification");
            }
            else
            {
                RefuseSharedMemory();
                members.AddUnknown(ref _json);
                _json.SkipMember();
            }
        }
    }

    private void ReadParameters()
    {
        _json.Expect(JsonTokenType.StartObject, "'parameters'", "an object");
        var members = new MemberSet(head);
        while (_json.NextMember())
        {
            if (_json.IsNamed("binary_data_output"u8))
            {
                members.Add(Member.BinaryDataOutput, "binary_data_output");
                head.BinaryOutput = _json.ReadBoolean("binary_data_output");
            }
            else if (_json.IsNamed("priority"u8))
            {
                members.Add(Member.Priority, "priority");
                head.Priority = _json.ReadUnsigned("priority");
            }
            else if (_json.IsNamed("timeout"u8))
            {
                members.Add(Member.Timeout, "timeout");
                head.TimeoutMicroseconds = _json.ReadUnsigned("timeout");
            }
            else if (_json.IsNamed("sequence_id"u8))
            {
                members.Add(Member.SequenceId, "sequence_id");
                _json.RefuseUnlessUnused("sequence_id");
            }
            else
            {
                ReadOtherParameter(members.AddUnknown(ref _json));
            }
        }
    }

    private void ReadOtherParameter(TextRange name)
    {
        _json.SkipParameter();
        var prefix = TagName.ParameterPrefix.Length;
        if (head.GetText(name).StartsWith(TagName.ParameterPrefix) && name.Length > prefix)
        {
            head.AddTag(new TagHead(new TextRange(name.Start + prefix, name.Length - prefix), _json.KeepValue(head)));
        }
    }

    private readonly void RefuseSharedMemory()
    {
        if (_json.IsNamed("shared_memory_region"u8))
        {
            throw JsonCursor.Unsupported("shared_memory_region");
        }
    }

    private DataType ReadDataType(TextRange input)
    {
        _json.Expect(JsonTokenType.String, "An input's 'datatype'", "a string");
        // No name is longer than eight letters, and each may be written as \u and four digits.
        Span<byte> name = stackalloc byte[8 * 6];
        return JsonText.GetRawLength(ref _json.Reader) <= name.Length && DataTypes.TryParse(name[..JsonText.Copy(ref _json.Reader, name)], out var dataType)
            ? dataType
            : throw new InvalidRequestException($"{Subject(input)} has the unknown datatype {JsonText.Describe(ref _json.Reader)}; expected one of {string.Join(", ", DataTypes.All.Select(static known => known.Name))}.");
    }

    private Shape ReadShape(TextRange input)
    {
        _json.Expect(JsonTokenType.StartArray, "An input's 'shape'", "an array");
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        var rank = 0;
        while (_json.Reader.Read() && _json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (_json.Reader.TokenType != JsonTokenType.Number || !_json.Reader.TryGetInt64(out var length) || length < 0)
            {
                throw new InvalidRequestException($"{Subject(input)} has a dimension {JsonText.Describe(ref _json.Reader)}; expected a whole number of 0 or more.");
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

    private readonly void Require(in MemberSet members, Member member, string message, TextRange name = default)
    {
        if (!members.Has(member))
        {
            throw new InvalidRequestException(name.Length > 0 ? $"Input '{head.Describe(name)}' {message}" : message);
        }
    }
}

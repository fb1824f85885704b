using System.Net.Http.Headers;

namespace Hearth.Conformance.Tests;

/// <summary>Service accounts: their tokens name the caller.</summary>
[Collection(Servers.Collection)]
public sealed class AccountCases(Servers servers)
{
    private const string Review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private static readonly string Asked = Objects.Quote("{'kind':'SelfSubjectReview','apiVersion':'authentication.k8s.io/v1'}");

    [Theory]
    [OnEveryServer]
    public async Task Token_OfAnAccount_NamesTheCaller(string server)
    {
        var api = await servers.OpenAsync(server);
        var token = await api.TokenAsync("robot");

        var review = (await AskAsync(server, api, token)).Is(201);

        Assert.Equal($"\"system:serviceaccount:{api.Namespace}:robot\"", review.At("status.userInfo.username"));
        var account = (await api.GetAsync(api.Core("serviceaccounts") + "/robot")).Is(200);
        Assert.Equal(account.At("metadata.uid"), review.At("status.userInfo.uid"));
        Assert.Equal(
            $"[\"system:serviceaccounts\",\"system:serviceaccounts:{api.Namespace}\",\"system:authenticated\"]", review.At("status.userInfo.groups"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Token_AccountDeleted_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);
        var token = await api.TokenAsync("robot");
        (await AskAsync(server, api, token)).Is(201);

        (await api.DeleteAsync(api.Core("serviceaccounts") + "/robot")).Is(200);

        // A real server remembers for some seconds that the token was good.
        Assert.Equal(401, (await UntilAsync(() => AskAsync(server, api, token), a => a.Code == 401)).Code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Token_Forged_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);
        var token = await api.TokenAsync("robot");
        var signature = token[(token.LastIndexOf('.') + 1)..];

        (await AskAsync(server, api, token[..^signature.Length] + new string([.. signature.Reverse()]))).Is(401, "Unauthorized");
        (await AskAsync(server, api, "a.b")).Is(401, "Unauthorized");
    }

    [Theory]
    [OnEveryServer]
    public async Task Token_ForTooShortATime_IsInvalid(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.TokenAsync("robot");

        var answer = await api.PostAsync(api.Core("serviceaccounts") + "/robot/token", Objects.Json("{'spec':{'expirationSeconds':599}}"));

        answer.Is(422, "Invalid");
        Assert.Equal(["FieldValueInvalid spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes"], answer.Causes);
    }

    [Theory]
    [OnEveryServer]
    public async Task Token_OfNoAccount_IsNotFound(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = await api.PostAsync(api.Core("serviceaccounts") + "/nobody/token", Objects.Json("{'spec':{}}"));

        answer.Is(404, "NotFound", "serviceaccounts \"nobody\" not found");
    }

    private async Task<Answer> AskAsync(string server, Api api, string token)
    {
        using var http = servers.NewHttp(server);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await new Api(http, api.Namespace).SendAsync(HttpMethod.Post, Review, Asked);
    }

    private static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Func<Answer, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await ask();
            if (isWanted(answer))
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, patience.Token);
        }
    }
}
